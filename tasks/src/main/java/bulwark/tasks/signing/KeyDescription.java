package bulwark.tasks.signing;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.tasks.signing.EnvelopeKeys.Signer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what a key ring does, a line each; nothing secret. */
final class KeyDescription {
    private final Map<String, List<EnvelopeKey>> ring;
    private final Map<KeyPurpose, Signer> signers;
    private final Map<KeyPurpose, String> missing;
    private final Instant now;
    private final List<String> lines = new ArrayList<>();

    KeyDescription(
            Map<String, List<EnvelopeKey>> ring,
            Map<KeyPurpose, Signer> signers,
            Map<KeyPurpose, String> missing,
            Instant now) {
        this.ring = ring;
        this.signers = signers;
        this.missing = missing;
        this.now = now;
    }

    /** @param rules by key id, empty when there are none; @param privates @param secrets the keys that sign */
    List<String> lines(
            Map<String, KeyRule> rules, Map<String, SecretBytes> privates, Map<String, SecretBytes> secrets) {
        boolean withoutRules = rules.isEmpty();
        Signer tasks = signers.get(KeyPurpose.TASKS);
        Signer control = signers.get(KeyPurpose.CONTROL);
        lines.add("signing: " + text(tasks));
        if (!withoutRules) {
            lines.add("signing commands to workers: " + text(control));
        }
        verifying(EnvelopeKeys.HMAC);
        verifying(EnvelopeKeys.ED25519);
        if (ring.isEmpty()) {
            lines.add("verifying: off, because there are no keys; anybody who reaches the broker can have tasks run");
        } else if (withoutRules) {
            lines.add("warning: no key has a purpose, so whoever can enqueue tasks can also command workers;"
                    + " say with STEM_SIGNING_PURPOSES what each key is for");
        } else {
            rules(tasks, control);
        }
        absent(rules, privates);
        String unsigned = missing.get(KeyPurpose.TASKS);
        if (unsigned != null && control == null && !privates.isEmpty()) {
            lines.add("warning: there are private keys and nothing is signed: " + unsigned);
        }
        warnOfShortSecrets(secrets);
        return List.copyOf(lines);
    }

    private static String text(@Nullable Signer signer) {
        return signer == null ? "off" : signer.algorithm() + " with key " + signer.keyId();
    }

    private void verifying(String algorithm) {
        List<String> ids = ring.values().stream()
                .flatMap(List::stream)
                .filter(key -> key.algorithm().equals(algorithm))
                .map(EnvelopeKey::id)
                .toList();
        if (!ids.isEmpty()) {
            lines.add("verifying " + algorithm + ": " + String.join(", ", ids));
        }
    }

    private void rules(@Nullable Signer tasks, @Nullable Signer control) {
        ring.forEach((id, keys) -> {
            KeyRule rule = keys.getFirst().rule();
            boolean signs = tasks != null && tasks.keyId().equals(id)
                    || control != null && control.keyId().equals(id);
            lines.add("key " + id + ": " + rule + " ("
                    + rule.status(signs, now).name().toLowerCase(Locale.ROOT) + ")");
        });
    }

    /** A producer has its own key alone. Where a key that is there has no rule, the absent one may be its misspelt name. */
    private void absent(Map<String, KeyRule> rules, Map<String, SecretBytes> privates) {
        List<String> without =
                ring.keySet().stream().filter(id -> !rules.containsKey(id)).toList();
        rules.keySet().stream()
                .filter(id -> !ring.containsKey(id) && !privates.containsKey(id))
                .forEach(id ->
                        lines.add((without.isEmpty() ? "" : "warning: ") + "STEM_SIGNING_PURPOSES names the key \""
                                + id + "\", which is not among the keys of this process"
                                + (without.isEmpty()
                                        ? ""
                                        : "; without a purpose there, for tasks only: " + String.join(", ", without))));
    }

    private void warnOfShortSecrets(Map<String, SecretBytes> secrets) {
        secrets.forEach((id, secret) -> {
            if (secret.length() < 32) {
                lines.add("warning: the HMAC key \"" + id + "\" has only " + secret.length()
                        + " bytes; make one of 32 with: stem keygen hmac");
            }
        });
    }
}
