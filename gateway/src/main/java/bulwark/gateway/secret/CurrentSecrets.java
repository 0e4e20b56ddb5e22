package bulwark.gateway.secret;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.secrets.SecretBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The secrets of the settings as they were read last. Thread-safe; reading takes no lock. */
public final class CurrentSecrets {
    private static final String HIDDEN = "[secret]";

    private volatile Map<String, SecretBytes> values;

    public CurrentSecrets(Configuration settings) {
        values = of(settings);
    }

    private static Map<String, SecretBytes> of(Configuration settings) {
        Map<String, SecretBytes> values = new TreeMap<>();
        for (EffectiveSetting setting : settings.effective()) {
            if (setting.value().equals(HIDDEN)) {
                settings.secret(setting.name()).ifPresent(secret -> values.put(setting.name(), secret));
            }
        }
        return values;
    }

    /** @param name of a setting, with its prefix */
    public Optional<SecretBytes> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** By the names of their settings. */
    public Map<String, SecretBytes> all() {
        return Map.copyOf(values);
    }

    /**
     * Takes over what the settings say now. A secret that is set no longer is kept: a slip in a file must not lock the gateway out.
     *
     * @return names of the settings whose secret is another one
     */
    public synchronized List<String> replace(Configuration settings) {
        Map<String, SecretBytes> next = new TreeMap<>(values);
        List<String> changed = new ArrayList<>();
        of(settings).forEach((name, secret) -> {
            SecretBytes before = next.put(name, secret);
            if (before == null || !before.equalsSecret(secret)) {
                changed.add(name);
            }
        });
        values = next;
        return changed;
    }
}
