package bulwark.seats;

import bulwark.testkit.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.Timeout;

/** Sessions, throttles and equal requests on PostgreSQL, with the rights that the role of the service has there. */
@Timeout(300)
class SignInOnPostgresTest extends SignInTest {
    private final SeatDatabase database = new SeatDatabase(PostgresServer.shared());

    @Override
    protected Map<String, String> database() {
        return database.settings();
    }

    @Override
    protected void edit(String sql) {
        database.edit(sql);
    }
}
