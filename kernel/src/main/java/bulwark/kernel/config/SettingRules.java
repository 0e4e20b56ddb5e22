package bulwark.kernel.config;

/** What the settings of a part mean together. Reads values that are each well formed, and tells what it finds. */
@FunctionalInterface
public interface SettingRules {
    SettingRules NONE = (configuration, findings) -> {};

    void check(Configuration configuration, SettingFindings findings);
}
