package bulwark.kernel.config;

import bulwark.kernel.config.Setting.Support;
import bulwark.kernel.error.PrintableText;

/** Settings that are set although the program does not act on them: refused where somebody may rely on the effect, named in a warning otherwise. */
final class SupportCheck implements SettingRules {
    private final Iterable<Setting> settings;

    SupportCheck(Iterable<Setting> settings) {
        this.settings = settings;
    }

    @Override
    public void check(Configuration configuration, SettingFindings findings) {
        for (Setting setting : settings) {
            if (setting.support() == Support.SUPPORTED || !asksForMore(configuration, setting)) {
                continue;
            }
            String shown = setting.secret()
                    ? setting.name()
                    : setting.name() + "=" + PrintableText.of(configuration.text(setting.name()));
            if (setting.support() == Support.REFUSED) {
                findings.refuse(setting.name() + " is not supported yet: " + shown + " would be ignored. "
                        + remedy(setting.defaultValue()));
            } else {
                findings.warn(shown + " has no effect in this version");
            }
        }
    }

    private static boolean asksForMore(Configuration configuration, Setting setting) {
        String name = setting.name();
        String fallback = setting.defaultValue();
        if (!configuration.isSet(name) || setting.secret() || fallback == null) {
            return configuration.isSet(name);
        }
        return switch (setting.kind()) {
            case FLAG -> configuration.flag(name) != SettingValues.isTrue(fallback);
            case NUMBER -> configuration.number(name) != Double.parseDouble(fallback);
            case COUNT, PORT -> configuration.count(name) != Long.parseLong(fallback);
            case CHOICE -> !configuration.text(name).equalsIgnoreCase(fallback);
            case DURATION, TEXT, PATH, LIST -> !configuration.text(name).equals(fallback);
        };
    }

    private static String remedy(@org.jspecify.annotations.Nullable String fallback) {
        return fallback == null || fallback.isEmpty()
                ? "Leave it unset."
                : "Set it to " + fallback + " or leave it unset.";
    }
}
