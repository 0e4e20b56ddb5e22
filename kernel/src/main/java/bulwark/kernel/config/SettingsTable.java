package bulwark.kernel.config;

import bulwark.kernel.config.Setting.Kind;
import bulwark.kernel.config.Setting.Support;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Declares the settings of one part: each with its kind, default, purpose and what the program does with it. Names are given without the prefix. Not thread-safe.
 */
public final class SettingsTable {
    private final String prefix;
    private final List<Setting> settings = new ArrayList<>();

    /** @param prefix for instance {@code STIGMEM_} */
    public SettingsTable(String prefix) {
        this.prefix = prefix;
    }

    /** A setting that is carried out. */
    public SettingsTable add(String name, Kind kind, @Nullable String fallback, String purpose) {
        return put(name, kind, fallback, false, purpose, Support.SUPPORTED, List.of());
    }

    /** A secret that is carried out. */
    public SettingsTable secret(String name, String purpose) {
        return put(name, Kind.TEXT, null, true, purpose, Support.SUPPORTED, List.of());
    }

    /** One of several words, all of which are carried out. */
    public SettingsTable choice(String name, String fallback, String purpose, String... choices) {
        return put(name, Kind.CHOICE, fallback, false, purpose, Support.SUPPORTED, List.of(choices));
    }

    /** One of several known words, of which only the default is carried out; the others are "not supported yet". */
    public SettingsTable onlyDefault(String name, String fallback, String purpose, String... choices) {
        return put(name, Kind.CHOICE, fallback, false, purpose, Support.REFUSED, List.of(choices));
    }

    /** A value other than the default is refused: somebody may rely on it. */
    public SettingsTable refused(String name, Kind kind, @Nullable String fallback, String purpose) {
        return put(name, kind, fallback, false, purpose, Support.REFUSED, List.of());
    }

    public SettingsTable refusedSecret(String name, String purpose) {
        return put(name, Kind.TEXT, null, true, purpose, Support.REFUSED, List.of());
    }

    /** A value other than the default draws a warning that it has no effect. */
    public SettingsTable ignored(String name, Kind kind, @Nullable String fallback, String purpose) {
        return put(name, kind, fallback, false, purpose, Support.IGNORED, List.of());
    }

    public SettingsTable ignoredSecret(String name, String purpose) {
        return put(name, Kind.TEXT, null, true, purpose, Support.IGNORED, List.of());
    }

    /** A setting whose name does not begin with the prefix; its {@link Setting#name} is the whole name. */
    public SettingsTable named(Setting setting) {
        settings.add(setting);
        return this;
    }

    public Configuration.Schema schema(SettingRules rules) {
        return new Configuration.Schema(prefix, List.copyOf(settings), rules);
    }

    private SettingsTable put(
            String name,
            Kind kind,
            @Nullable String fallback,
            boolean secret,
            String purpose,
            Support support,
            List<String> choices) {
        settings.add(new Setting(prefix + name, kind, fallback, secret, purpose, support, choices));
        return this;
    }
}
