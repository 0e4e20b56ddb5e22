package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.store.SeatStore;
import bulwark.web.LocalAdminClient;
import bulwark.web.LocalSocket;
import java.nio.file.Path;
import java.time.Clock;

/** The store of a service that does not run, opened for one command of its owner. */
record StoppedSeats(SeatStore store, SeatApi api) implements LocalAdminClient.StoppedStore {
    static StoppedSeats open(StoreLocation location, Configuration settings, Path directory, Clock clock) {
        SeatStore store = SeatStore.open(location, settings.text("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS"), clock);
        try {
            return new StoppedSeats(store, new SeatApi(store, BlsVerifier.ofThisProgram(), settings, directory, clock));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public LocalSocket serveOwner(Path socket) {
        return LocalSocket.listen(socket, api.ownerRoutes(), new SeatErrors());
    }

    @Override
    public void close() {
        store.close();
    }
}
