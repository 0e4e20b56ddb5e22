package bulwark.seats.seat;

import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.store.SeatStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store with seats, without a service around it. */
public final class SeatRows implements AutoCloseable {
    public static final Instant NOW = Instant.parse("2026-06-01T08:00:00Z");

    public final SettableClock clock = new SettableClock(NOW);
    public final SeatStore store;
    public final SeatStateMachine states;

    public SeatRows(Path folder) {
        this(StoreLocation.file(folder.resolve("seats.db")));
    }

    public SeatRows(StoreLocation location) {
        SeatStore.deploy(location, "", clock);
        store = SeatStore.open(location, "", clock);
        states = new SeatStateMachine(store.audited().audit(), clock);
    }

    /** @param credentials 0x and 64 digits */
    public Seat create(long id, String pubkey, String credentials) {
        String now = NOW.toString();
        Seat seat = new Seat(
                id,
                1,
                SeatStateMachine.CREATED,
                "BYO_BLS",
                pubkey,
                credentials,
                null,
                null,
                "32000000000",
                1,
                now,
                now);
        store.<Boolean>write(tx -> {
            operator(tx, now);
            Map<String, String> evidence = Map.of("pubkey", pubkey, "withdrawal_credentials", credentials);
            states.create(tx, seat, evidence, SeatEvents.moved("test", id, "", "CREATED", evidence), "request");
            return true;
        });
        return seat;
    }

    private static void operator(WriteTx tx, String now) throws SQLException {
        tx.statement("INSERT INTO operators (id, name, contact, status, created_at, updated_at) VALUES (1, 'One', '',"
                        + " 'ACTIVE', '" + now + "', '" + now + "') ON CONFLICT (id) DO NOTHING")
                .executeUpdate();
    }

    public Seat seat(long id) {
        return store.read(tx -> SeatTable.byId(tx, id)).orElseThrow();
    }

    public String status(long id) {
        return seat(id).status();
    }

    /** The states that a seat went through, oldest first. */
    public List<String> history(long id) {
        return store.<List<Map<String, @Nullable Object>>>read(tx -> SeatTable.history(tx, id)).stream()
                .map(each -> String.valueOf(each.get("to")))
                .toList();
    }

    /** Along the table, with evidence that is there and says nothing. */
    public void move(long id, String... to) {
        for (String state : to) {
            String from = status(id);
            Map<String, String> evidence = new java.util.HashMap<>();
            SeatStateMachine.evidence(from, state).orElseThrow().forEach(member -> evidence.put(member, "0x00"));
            store.<Boolean>write(tx -> states.move(
                    tx, id, from, state, evidence, SeatEvents.moved("test", id, from, state, evidence), "request"));
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
