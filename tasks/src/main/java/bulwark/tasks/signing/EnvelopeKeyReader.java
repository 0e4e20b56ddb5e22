package bulwark.tasks.signing;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Ed25519Verifier;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.signing.EnvelopeKeys.Signer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the key ring of the {@code STEM_SIGNING_*} settings, and collects every fault before it refuses. Used once. */
final class EnvelopeKeyReader {
    private static final String HMAC = EnvelopeKeys.HMAC;
    private static final String ED25519 = EnvelopeKeys.ED25519;

    private final Signing signing;
    private final List<String> faults = new ArrayList<>();
    private final String algorithm;
    private final @Nullable String active;
    private final @Nullable String control;
    private final Map<String, SecretBytes> secrets;
    private final Map<String, SecretBytes> publics;
    private final Map<String, SecretBytes> privates;
    private final Map<String, KeyRule> rules;

    private EnvelopeKeyReader(Configuration configuration, Signing signing) {
        this.signing = signing;
        algorithm = configuration.text("STEM_SIGNING_ALGORITHM").strip().toLowerCase(Locale.ROOT);
        if (!algorithm.equals(HMAC) && !algorithm.equals(ED25519)) {
            faults.add("STEM_SIGNING_ALGORITHM must be hmac-sha256 or ed25519");
        }
        KeyListParser lists = new KeyListParser(configuration, faults);
        active = lists.text("STEM_SIGNING_ACTIVE_KEY");
        control = lists.text("STEM_SIGNING_CONTROL_KEY");
        secrets = lists.keys("STEM_SIGNING_KEYS");
        publics = lists.keys("STEM_SIGNING_PUBLIC_KEYS");
        privates = lists.keys("STEM_SIGNING_PRIVATE_KEYS");
        rules = KeyRuleParser.read(lists.text(KeyRuleParser.SETTING), faults);
    }

    /** @param now for the status of each key in the description */
    static EnvelopeKeys read(Configuration configuration, Signing signing, Instant now) {
        return new EnvelopeKeyReader(configuration, signing).keys(now);
    }

    private EnvelopeKeys keys(Instant now) {
        Map<String, List<EnvelopeKey>> ring = new LinkedHashMap<>();
        publics.forEach((id, key) -> publicKey(id, key, ring));
        secrets.forEach((id, secret) -> add(
                new EnvelopeKey(
                        HMAC,
                        id,
                        rule(id),
                        (canonical, signature) ->
                                MessageDigest.isEqual(signing.hmacSha256(secret, canonical), signature)),
                ring));
        Map<String, Signer> pairs = new LinkedHashMap<>();
        privates.forEach((id, seed) -> pair(id, seed, pairs));
        checkActive();
        if (!rules.isEmpty()) {
            refuseSharedMaterial(secrets);
            refuseSharedMaterial(publics);
        }
        Map<KeyPurpose, Signer> signers = new EnumMap<>(KeyPurpose.class);
        Map<KeyPurpose, String> missing = new EnumMap<>(KeyPurpose.class);
        for (KeyPurpose purpose : KeyPurpose.values()) {
            choose(purpose, pairs, signers, missing);
        }
        if (!faults.isEmpty()) {
            throw new ConfigurationRefused(faults);
        }
        KeyDescription description = new KeyDescription(ring, signers, missing, now);
        return new EnvelopeKeys(ring, signers, missing, description.lines(rules, privates, secrets));
    }

    private KeyRule rule(String id) {
        return rules.getOrDefault(id, rules.isEmpty() ? KeyRule.ANYTHING : KeyRule.TASKS_ONLY);
    }

    private static void add(EnvelopeKey key, Map<String, List<EnvelopeKey>> ring) {
        ring.computeIfAbsent(key.id(), id -> new ArrayList<>()).add(key);
    }

    private void publicKey(String id, SecretBytes key, Map<String, List<EnvelopeKey>> ring) {
        if (key.length() != 32) {
            faults.add("STEM_SIGNING_PUBLIC_KEYS: the key \"" + id + "\" has " + key.length() + " bytes, not 32");
            return;
        }
        Ed25519Verifier verifier = signing.verifier(KeyListParser.bytes(key));
        add(
                new EnvelopeKey(
                        ED25519,
                        id,
                        rule(id),
                        (canonical, signature) -> signature.length == 64 && verifier.verify(canonical, signature)),
                ring);
    }

    private void pair(String id, SecretBytes seed, Map<String, Signer> pairs) {
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
        pairs.put(id, new Signer(ED25519, id, rule(id), signer::sign));
    }

    private void checkActive() {
        if (!algorithm.equals(ED25519)) {
            if (!secrets.isEmpty() && active == null) {
                faults.add("STEM_SIGNING_ACTIVE_KEY is missing: name the key of STEM_SIGNING_KEYS that signs");
            } else if (!secrets.isEmpty() && !secrets.containsKey(active)) {
                faults.add("STEM_SIGNING_ACTIVE_KEY \"" + active + "\" is not in STEM_SIGNING_KEYS");
            }
        } else if (active != null && !privates.isEmpty()) {
            if (!privates.containsKey(active)) {
                faults.add("STEM_SIGNING_ACTIVE_KEY \"" + active + "\" is not in STEM_SIGNING_PRIVATE_KEYS");
            } else if (!publics.containsKey(active)) {
                faults.add("STEM_SIGNING_ACTIVE_KEY \"" + active
                        + "\" is not in STEM_SIGNING_PUBLIC_KEYS: a producer needs both keys");
            }
        }
    }

    /** Two names of one secret would give each holder the purposes of both. */
    private void refuseSharedMaterial(Map<String, SecretBytes> keys) {
        List<Map.Entry<String, SecretBytes>> all = List.copyOf(keys.entrySet());
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (all.get(i).getValue().equalsSecret(all.get(j).getValue())
                        && !rule(all.get(i).getKey()).equals(rule(all.get(j).getKey()))) {
                    faults.add("the keys \"" + all.get(j).getKey() + "\" and \""
                            + all.get(i).getKey()
                            + "\" are the same and have different purposes: make one of them anew");
                }
            }
        }
    }

    private void choose(
            KeyPurpose purpose,
            Map<String, Signer> pairs,
            Map<KeyPurpose, Signer> signers,
            Map<KeyPurpose, String> missing) {
        boolean own = purpose == KeyPurpose.CONTROL && control != null;
        String id = own ? control : active;
        String setting = own ? "STEM_SIGNING_CONTROL_KEY" : "STEM_SIGNING_ACTIVE_KEY";
        Signer signer = id == null ? null : algorithm.equals(ED25519) ? pairs.get(id) : secret(id);
        if (signer != null && !signer.rule().purposes().contains(purpose)) {
            missing.put(purpose, setting + " names a key that is not for " + purpose.word());
        } else if (signer != null) {
            signers.put(purpose, signer);
        } else if (!secrets.isEmpty() || !publics.isEmpty() || !privates.isEmpty()) {
            missing.put(purpose, missing(setting));
        }
    }

    private @Nullable Signer secret(String id) {
        SecretBytes secret = secrets.get(id);
        return secret == null ? null : new Signer(HMAC, id, rule(id), bytes -> signing.hmacSha256(secret, bytes));
    }

    private String missing(String setting) {
        if (!algorithm.equals(ED25519) && secrets.isEmpty()) {
            return "STEM_SIGNING_ALGORITHM is " + algorithm + " and there are no STEM_SIGNING_KEYS";
        }
        return algorithm.equals(ED25519) && privates.isEmpty()
                ? "there are no STEM_SIGNING_PRIVATE_KEYS"
                : setting + " does not name the key that signs";
    }
}
