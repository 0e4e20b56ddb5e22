package bulwark.tasks.signing;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Ed25519Verifier;
import bulwark.kernel.signing.Signing;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one moment. Immutable.
 *
 * @param unsignedBecause what is missing to sign, when there are keys and none that signs; else null
 */
record EnvelopeKeys(
        Map<String, SecretBytes> hmac,
        Map<String, Ed25519Verifier> ed25519,
        @Nullable Signer signer,
        @Nullable String unsignedBecause,
        Signing signing,
        List<String> describe) {
    static final String HMAC = "hmac-sha256";
    static final String ED25519 = "ed25519";

    /** @param sign canonical bytes to signature bytes */
    record Signer(String algorithm, String keyId, UnaryOperator<byte[]> sign) {}

    static EnvelopeKeys of(Configuration configuration, Signing signing) {
        return new Reading(configuration, signing).rings();
    }

    boolean canVerify() {
        return !hmac.isEmpty() || !ed25519.isEmpty();
    }

    boolean knows(String keyId) {
        return hmac.containsKey(keyId) || ed25519.containsKey(keyId);
    }

    /** The algorithm of the ring whose key of this id made the signature; null when none did. */
    @Nullable
    String verify(String keyId, byte[] canonical, byte[] signature) {
        Ed25519Verifier verifier = ed25519.get(keyId);
        if (verifier != null && signature.length == 64 && verifier.verify(canonical, signature)) {
            return ED25519;
        }
        SecretBytes secret = hmac.get(keyId);
        return secret != null && MessageDigest.isEqual(signing.hmacSha256(secret, canonical), signature) ? HMAC : null;
    }

    /** Collects every fault before it refuses. */
    private static final class Reading {
        private final Signing signing;
        private final List<String> faults = new ArrayList<>();
        private final List<String> lines = new ArrayList<>();
        private final String algorithm;
        private final @Nullable String active;
        private final Map<String, SecretBytes> secrets;
        private final Map<String, SecretBytes> publics;
        private final Map<String, SecretBytes> privates;

        Reading(Configuration configuration, Signing signing) {
            this.signing = signing;
            algorithm = configuration.text("STEM_SIGNING_ALGORITHM").strip().toLowerCase(Locale.ROOT);
            if (!algorithm.equals(HMAC) && !algorithm.equals(ED25519)) {
                faults.add("STEM_SIGNING_ALGORITHM must be hmac-sha256 or ed25519");
            }
            KeyListParser lists = new KeyListParser(configuration, faults);
            active = lists.text("STEM_SIGNING_ACTIVE_KEY");
            secrets = lists.keys("STEM_SIGNING_KEYS");
            publics = lists.keys("STEM_SIGNING_PUBLIC_KEYS");
            privates = lists.keys("STEM_SIGNING_PRIVATE_KEYS");
        }

        EnvelopeKeys rings() {
            Map<String, Ed25519Verifier> verifiers = verifiers();
            Map<String, Ed25519Signer> signers = new LinkedHashMap<>();
            privates.forEach((id, seed) -> pair(id, seed, signers));
            Signer signer = algorithm.equals(ED25519) ? keyPair(signers) : sharedSecret();
            if (!faults.isEmpty()) {
                throw new ConfigurationRefused(faults);
            }
            String unsignedBecause = signer == null ? missing() : null;
            describe(signer, unsignedBecause);
            return new EnvelopeKeys(
                    Map.copyOf(secrets), Map.copyOf(verifiers), signer, unsignedBecause, signing, List.copyOf(lines));
        }

        private Map<String, Ed25519Verifier> verifiers() {
            Map<String, Ed25519Verifier> verifiers = new LinkedHashMap<>();
            publics.forEach((id, key) -> {
                if (key.length() != 32) {
                    faults.add(
                            "STEM_SIGNING_PUBLIC_KEYS: the key \"" + id + "\" has " + key.length() + " bytes, not 32");
                } else {
                    verifiers.put(id, signing.verifier(KeyListParser.bytes(key)));
                }
            });
            return verifiers;
        }

        private @Nullable Signer sharedSecret() {
            if (secrets.isEmpty()) {
                return null;
            }
            if (active == null) {
                faults.add("STEM_SIGNING_ACTIVE_KEY is missing: name the key of STEM_SIGNING_KEYS that signs");
                return null;
            }
            SecretBytes secret = secrets.get(active);
            if (secret == null) {
                faults.add("STEM_SIGNING_ACTIVE_KEY \"" + active + "\" is not in STEM_SIGNING_KEYS");
                return null;
            }
            return new Signer(HMAC, active, bytes -> signing.hmacSha256(secret, bytes));
        }

        private @Nullable Signer keyPair(Map<String, Ed25519Signer> signers) {
            if (active == null || privates.isEmpty()) {
                return null;
            }
            Ed25519Signer signer = signers.get(active);
            if (!privates.containsKey(active)) {
                faults.add("STEM_SIGNING_ACTIVE_KEY \"" + active + "\" is not in STEM_SIGNING_PRIVATE_KEYS");
            } else if (!publics.containsKey(active)) {
                faults.add("STEM_SIGNING_ACTIVE_KEY \"" + active
                        + "\" is not in STEM_SIGNING_PUBLIC_KEYS: a producer needs both keys");
            }
            return signer == null ? null : new Signer(ED25519, active, signer::sign);
        }

        private void pair(String id, SecretBytes seed, Map<String, Ed25519Signer> signers) {
            if (seed.length() != 32) {
                faults.add("STEM_SIGNING_PRIVATE_KEYS: the key \"" + id + "\" has " + seed.length() + " bytes, not 32");
                return;
            }
            Ed25519Signer signer = signing.signer(seed);
            SecretBytes open = publics.get(id);
            if (open != null && !MessageDigest.isEqual(signer.publicKey(), KeyListParser.bytes(open))) {
                faults.add("the private and the public key \"" + id + "\" do not belong together");
                return;
            }
            signers.put(id, signer);
        }

        /** Null when there are no keys at all: then there is no doubt about what is meant. */
        private @Nullable String missing() {
            if (secrets.isEmpty() && publics.isEmpty() && privates.isEmpty()) {
                return null;
            }
            if (!algorithm.equals(ED25519)) {
                return "STEM_SIGNING_ALGORITHM is " + algorithm + " and there are no STEM_SIGNING_KEYS";
            }
            return privates.isEmpty()
                    ? "there are no STEM_SIGNING_PRIVATE_KEYS"
                    : "STEM_SIGNING_ACTIVE_KEY does not name the key that signs";
        }

        private void describe(@Nullable Signer signer, @Nullable String unsignedBecause) {
            lines.add("signing: " + (signer == null ? "off" : signer.algorithm() + " with key " + signer.keyId()));
            if (!secrets.isEmpty()) {
                lines.add("verifying hmac-sha256: " + String.join(", ", secrets.keySet()));
            }
            if (!publics.isEmpty()) {
                lines.add("verifying ed25519: " + String.join(", ", publics.keySet()));
            }
            if (secrets.isEmpty() && publics.isEmpty()) {
                lines.add(
                        "verifying: off, because there are no keys; anybody who reaches the broker can have tasks run");
            }
            if (unsignedBecause != null && !privates.isEmpty()) {
                lines.add("warning: there are private keys and nothing is signed: " + unsignedBecause);
            }
            warnOfShortSecrets();
        }

        private void warnOfShortSecrets() {
            secrets.forEach((id, secret) -> {
                if (secret.length() < 32) {
                    lines.add("warning: the HMAC key \"" + id + "\" has only " + secret.length()
                            + " bytes; make one of 32 with: stem keygen hmac");
                }
            });
        }
    }
}
