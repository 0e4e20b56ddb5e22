package bulwark.seats.settings;

import bulwark.kernel.config.Configuration;
import java.util.Locale;
import java.util.Optional;

/** What a deployment is for. Nothing set means production, so that no forgotten variable weakens one. */
public enum Profile {
    PRODUCTION,
    STAGING,
    DEVELOPMENT;

    private static final String SETTING = "SEAT_MANAGER_ENV";

    /** Of settings without a {@link #problem}. */
    public static Profile of(Configuration settings) {
        return find(word(settings)).orElse(PRODUCTION);
    }

    /** An exemption for tests would be one that an attacker can set. */
    static Optional<String> problem(Configuration settings) {
        String word = word(settings);
        String name = settings.isSet(SETTING) ? SETTING : SeatSettings.NODE_ENVIRONMENT;
        return find(word).isPresent()
                ? Optional.empty()
                : Optional.of(name + " must be production, staging or development: no profile switches controls off"
                        + " for tests");
    }

    private static String word(Configuration settings) {
        String named = settings.text(SeatSettings.NODE_ENVIRONMENT).toLowerCase(Locale.ROOT);
        return settings.isSet(SETTING) || named.isEmpty() ? settings.text(SETTING) : named;
    }

    private static Optional<Profile> find(String word) {
        return switch (word) {
            case "production" -> Optional.of(PRODUCTION);
            case "staging" -> Optional.of(STAGING);
            case "development" -> Optional.of(DEVELOPMENT);
            default -> Optional.empty();
        };
    }
}
