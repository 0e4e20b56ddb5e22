package bulwark.gateway.hardening;

import bulwark.gateway.hardening.BoxFinding.Observation;
import bulwark.kernel.json.StrictYaml;
import bulwark.kernel.json.StrictYaml.YamlRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The export of a Keycloak realm: what the realm does cannot be seen from its public endpoints. */
final class RealmCheck {
    private static final int MAX_BYTES = 16 << 20;
    private static final long ACCESS_SECONDS = 300;
    private static final long IDLE_SECONDS = 900;

    private RealmCheck() {}

    static BoxFinding bruteForce(HardeningTarget target) {
        Observation seen = new Observation();
        read(target, seen)
                .ifPresent(realm -> seen.judge(
                        realm.path("bruteForceProtected").asBoolean(false),
                        "the realm locks out who guesses, after "
                                + realm.path("failureFactor").asInt(30) + " failures",
                        "bruteForceProtected is not set in the realm"));
        return seen.of(HardeningBox.BRUTE_FORCE);
    }

    static BoxFinding lifespans(HardeningTarget target) {
        Observation seen = new Observation();
        read(target, seen).ifPresent(realm -> {
            atMost(realm, "accessTokenLifespan", ACCESS_SECONDS, seen);
            atMost(realm, "ssoSessionIdleTimeout", IDLE_SECONDS, seen);
        });
        return seen.of(HardeningBox.TOKEN_LIFESPANS);
    }

    private static void atMost(JsonNode realm, String name, long max, Observation seen) {
        long seconds = realm.path(name).asLong(Long.MAX_VALUE);
        seen.judge(
                seconds > 0 && seconds <= max,
                name + " is " + seconds + " s",
                name + (seconds == Long.MAX_VALUE ? " is not set" : " is " + seconds + " s") + ", not " + max
                        + " s or less");
    }

    static void presetUsers(HardeningTarget target, Observation seen) {
        if (target.evidence().realm().isPresent()) {
            read(target, seen)
                    .ifPresent(realm -> seen.judge(
                            realm.path("users").isEmpty(),
                            "no user is preset in the realm",
                            "the realm presets " + realm.path("users").size() + " users"));
        }
    }

    private static Optional<JsonNode> read(HardeningTarget target, Observation seen) {
        Optional<Path> file = target.evidence().realm();
        if (file.isEmpty()) {
            seen.unseen(
                    target.settings().text("STOA_KEYCLOAK_URL").isEmpty()
                            ? "no Keycloak is set, tokens are issued on this machine; of a realm give the export with --realm"
                            : "the realm's public endpoints do not show it; give its export with --realm");
            return Optional.empty();
        }
        try {
            return Optional.of(StrictYaml.parse(Files.readString(file.get()), MAX_BYTES));
        } catch (IOException | YamlRefused e) {
            seen.bad(file.get() + " cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }
}
