"""Operations: is it alive, is it ready, and what do its figures say.

``/ops/health``    the process answers: restart it if this fails
``/ops/ready``     it may be sent listeners: the node has a version and its lease, the record answers; else 503 says
                   what is missing, and where the node stands: version, pin, ages, what keeps it from following
``/ops/metrics``   every figure of every process of this machine, for Prometheus
"""
