package bulwark.bench.seats;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.seats.SeatManager;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.store.SeatStore;
import bulwark.web.LocalAdminClient;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * A service with ten thousand seats and one administrator in a process of its own, whose clock is {@value #SPEED} times as fast: what it allows one caller in a second is little, and its settings
 * do not change that. Prints {@code ready} and its port; ends with its input.
 */
public final class SeatService {
    static final int SEATS = 10_000;
    static final String USER = "bench";
    private static final int SPEED = 50;
    private static final String CREDENTIALS = "0x01" + "00".repeat(11) + "12".repeat(20);

    private SeatService() {}

    /** Settings come from the environment. @param arguments password of the administrator */
    public static void main(String[] arguments) throws Exception {
        for (String name : List.of(Logger.ROOT_LOGGER_NAME, "bulwark")) {
            ((Logger) LoggerFactory.getLogger(name)).setLevel(Level.ERROR);
        }
        Path folder = Path.of("").toAbsolutePath();
        Supplier<Configuration> live = () -> Configuration.read(SeatSettings.schema(), System.getenv(), folder);
        Clock clock = new FastClock(Instant.now(), System.nanoTime());
        SeatStore.deploy(DatabaseUrl.location(live, folder), "", clock);
        try (SeatManager service = SeatManager.start(live, folder, clock)) {
            fill(service.store());
            try (LocalAdminClient owner = SeatManager.owner(live, folder, clock)) {
                int status = owner.post(
                                "/owner/users/admin",
                                StrictJson.write(Map.of("username", USER, "password", arguments[0])))
                        .status();
                if (status >= 300) {
                    throw new IllegalStateException("no administrator was made: " + status);
                }
            }
            System.out.println("ready " + service.port());
            while (System.in.read() >= 0) {
                // Nothing is asked for on this way.
            }
        }
    }

    /** Each third one is ACTIVE; all have one step of history. */
    private static void fill(SeatStore store) {
        store.<Integer>write(tx -> {
            tx.statement(
                            "INSERT INTO operators (id, name, contact, status, created_at, updated_at) VALUES (1, 'One', '',"
                                    + " 'ACTIVE', '', '')")
                    .executeUpdate();
            tx.statement("INSERT INTO seats (id, operator_id, status, custody, pubkey, withdrawal_credentials,"
                            + " vault_address, beneficiary, amount_gwei, version, created_at, updated_at)"
                            + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + SEATS
                            + ") SELECT i, 1, CASE WHEN i % 3 = 0 THEN 'ACTIVE' ELSE 'CREATED' END, 'BYO_BLS', '0x' ||"
                            + " printf('%096x', i), '" + CREDENTIALS + "', '0x' || printf('%040x', i), '0x' ||"
                            + " printf('%040x', i % 1000), '32000000000', 1, '2026-06-01T08:00:00Z',"
                            + " '2026-06-01T08:00:00Z' FROM n")
                    .executeUpdate();
            return tx.statement("INSERT INTO seat_transitions (seat_id, version, from_state, to_state, evidence, actor,"
                            + " request_id, created_at) SELECT id, 1, NULL, 'CREATED', '{}', 'bench', 'bench',"
                            + " created_at FROM seats")
                    .executeUpdate();
        });
    }

    /** Begins at the time of the machine. */
    private static final class FastClock extends Clock {
        private final Instant begin;
        private final long nanos;

        FastClock(Instant begin, long nanos) {
            this.begin = begin;
            this.nanos = nanos;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return begin.plus(Duration.ofNanos(System.nanoTime() - nanos).multipliedBy(SPEED));
        }
    }
}
