package bulwark.kernel.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.storage.Leadership;
import bulwark.kernel.storage.NoteStore;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.testkit.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two processes on one database, of which one leads. */
@Timeout(180)
class PostgresLeadershipTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final PostgresServer server = PostgresServer.shared();
    private final String database = server.createDatabase();
    private final PostgresStore first = open();
    private final PostgresStore second = open();

    private PostgresStore open() {
        PostgresUrl url = PostgresUrl.parse(server.url(database), "DATABASE_URL");
        return PostgresStore.open(
                new PostgresStore.Access(() -> url, null),
                NoteStore.FIRST,
                SchemaPolicy.CREATE_OR_UPGRADE,
                PostgresTimeouts.DEFAULT);
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void one_leads_until_it_lets_go_and_another_role_is_another_lead() {
        try (Leadership one = first.leadership("watch");
                Leadership two = second.leadership("watch");
                Leadership other = second.leadership("send")) {
            assertThat(one.isHeld()).isTrue();
            assertThat(two.isHeld()).isFalse();
            assertThat(other.isHeld()).isTrue();
            assertThat(one.isHeld()).isTrue();
            one.close();
            assertThat(one.isHeld()).isFalse();
            await().atMost(SOON).until(two::isHeld);
        }
    }

    @Test
    void a_lead_whose_session_ended_is_taken_by_exactly_one() {
        try (Leadership one = first.leadership("watch");
                Leadership two = second.leadership("watch")) {
            assertThat(one.isHeld()).isTrue();
            server.endSessions(database);
            await().atMost(SOON).until(two::isHeld);
            assertThat(one.isHeld()).isFalse();
            assertThat(two.isHeld()).isTrue();
        }
    }
}
