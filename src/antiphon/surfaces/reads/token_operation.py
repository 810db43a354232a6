"""The description of the token endpoint, in OAuth's own words and form."""

from antiphon.surfaces.reads.forms import FORM_TYPE, TOKEN_PATH
from antiphon.surfaces.reads.schemas import Schema, ref, shape

_TEXT: Schema = {"type": "string"}

TOKEN_SCHEMAS: dict[str, Schema] = {
    "OAuthError": shape(
        "Why no token is given. error is a word for programs.",
        {
            "error": {
                "type": "string",
                "enum": [
                    *("invalid_request", "invalid_client", "unsupported_grant_type"),
                    *("slow_down", "temporarily_unavailable"),
                ],
            },
            "error_description": _TEXT,
        },
    ),
    "AccessToken": shape(
        "An access token; expires_in is in seconds.",
        {
            "access_token": _TEXT,
            "token_type": {"type": "string", "const": "Bearer"},
            "expires_in": {"type": "integer", "minimum": 1},
            "scope": _TEXT,
        },
    ),
}


def _answer(description: str, name: str) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": ref(name)}}}


TOKEN_PATHS: dict[str, Schema] = {
    TOKEN_PATH: {
        "post": {
            "operationId": "issue_token",
            "summary": "An access token, for a client's id and secret",
            "description": "One grant, client credentials. Id and secret come by HTTP Basic or in the form.",
            "security": [],
            "requestBody": {
                "required": True,
                "content": {
                    FORM_TYPE: {
                        "schema": {
                            "type": "object",
                            "required": ["grant_type"],
                            "properties": {
                                "grant_type": {"type": "string", "const": "client_credentials"},
                                "client_id": _TEXT,
                                "client_secret": _TEXT,
                            },
                        }
                    }
                },
            },
            "responses": {
                "200": _answer("The token, good for an hour.", "AccessToken"),
                "400": _answer("The form is not one we read, or asks for another grant.", "OAuthError"),
                "401": _answer("No client has this id and this secret, or it is disabled.", "OAuthError"),
                "408": _answer("The form did not come in time.", "OAuthError"),
                "413": _answer("The form is too long.", "OAuthError"),
                "429": _answer("Too many wrong secrets, or too many requests; Retry-After says when.", "OAuthError"),
                "503": _answer("This node knows no clients yet; Retry-After says when.", "OAuthError"),
            },
        }
    }
}
