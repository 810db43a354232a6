// Makes the calls it is given with the SDK, and writes what came of each: {"value": ...} or {"error": ...}.
//
// usage: node catalogue.mjs FOLDER_WITH_THE_SDK BASE_URL TOKEN < calls.json
//        calls.json: [["albums.get", ["id", "SE"]], ...]

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, baseUrl, token] = process.argv.slice(2);
const { SpotifyApi } = createRequire(`${folder}/`)("@spotify/web-api-ts-sdk");

SpotifyApi.rootUrl = `${baseUrl}/v1/`;
const sdk = SpotifyApi.withAccessToken("a client", { access_token: token, token_type: "Bearer", expires_in: 3600 });

const answers = [];
for (const [name, parameters] of JSON.parse(readFileSync(0, "utf8"))) {
  const parts = name.split(".");
  const operation = parts.pop();
  const owner = parts.reduce((object, part) => object[part], sdk);
  try {
    answers.push({ value: await owner[operation](...parameters) });
  } catch (error) {
    answers.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(answers));
