package bulwark.kernel.config;

/** What the settings of a part mean together. Reads values that are each well formed, and tells what it finds. */
@FunctionalInterface
public interface SettingRules {
    SettingRules NONE = (configuration, findings) -> {};

    void check(Configuration configuration, SettingFindings findings);

    /**
     * Whether the check can do without settings that are faulty each by itself, which it then finds unset. What it says of a setting that is reported already is left out: the sentence must begin with
     * the name.
     */
    default boolean runsBesideFaults() {
        return false;
    }
}
