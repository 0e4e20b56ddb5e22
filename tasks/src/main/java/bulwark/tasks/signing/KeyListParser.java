package bulwark.tasks.signing;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.keys.CompromisedSecrets;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code id:base64,…} settings; both alphabets of base64, with padding. No fault quotes a key. */
final class KeyListParser {
    private final Configuration configuration;
    private final List<String> faults;

    KeyListParser(Configuration configuration, List<String> faults) {
        this.configuration = configuration;
        this.faults = faults;
    }

    @Nullable
    String text(String setting) {
        return configuration
                .secret(setting)
                .map(secret -> secret.exposeText(SecretAccess.grant()).strip())
                .filter(text -> !text.isEmpty())
                .orElse(null);
    }

    /** A key that was ever published is refused, and so is the public half of such a key: anybody can sign for it. */
    Map<String, SecretBytes> keys(String setting) {
        Map<String, SecretBytes> keys = new LinkedHashMap<>();
        String text = text(setting);
        if (text != null) {
            for (String entry : text.split(",")) {
                if (!entry.isBlank()) {
                    add(setting, entry.strip(), keys);
                }
            }
        }
        keys.forEach((id, key) -> {
            if (CompromisedSecrets.contains(key)) {
                faults.add(setting + ": the key \"" + id
                        + "\" was published in a document; make your own with: stem keygen");
            }
        });
        return keys;
    }

    private void add(String setting, String entry, Map<String, SecretBytes> keys) {
        String[] parts = entry.split(":", -1);
        String id = parts[0].strip();
        if (parts.length != 2 || id.isEmpty()) {
            faults.add(setting + " must read id:base64,id:base64");
            return;
        }
        try {
            String key = parts[1].strip().replace('-', '+').replace('_', '/');
            if (key.length() % 4 != 0) {
                throw new IllegalArgumentException("no padding");
            }
            keys.put(id, SecretBytes.of(Base64.getDecoder().decode(key)));
        } catch (IllegalArgumentException e) {
            faults.add(setting + ": the key \"" + id + "\" is not base64 with padding");
        }
    }

    static byte[] bytes(SecretBytes key) {
        return key.expose(SecretAccess.grant());
    }
}
