// What @sigstore/verify says of bundles: verdicts.js TRUST BUNDLES. TRUST is what `bulwark verify --sigstore-trust` prints; BUNDLES has a
// line with the base64 of a file each. The answer is a line "accepted", or "refused" and why.
const fs = require('fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { TrustedRoot, PublicKey } = require('@sigstore/protobuf-specs');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

const trust = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const keys = {};
for (const [hint, key] of Object.entries(trust.publicKeys)) {
  keys[hint] = PublicKey.fromJSON(key);
}
const material = toTrustMaterial(TrustedRoot.fromJSON(trust.trustedRoot), keys);
const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 0 });
for (const line of fs.readFileSync(process.argv[3], 'ascii').trim().split('\n')) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(line, 'base64'));
    verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text))));
    console.log('accepted');
  } catch (e) {
    console.log('refused ' + String(e.message).split('\n')[0]);
  }
}
