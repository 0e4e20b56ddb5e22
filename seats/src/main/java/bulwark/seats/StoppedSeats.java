package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.seats.approval.PlanSender;
import bulwark.seats.beacon.ConsensusAccess;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.settings.ChainSettings;
import bulwark.seats.settings.WatchSettings;
import bulwark.seats.store.SeatStore;
import bulwark.web.LocalAdminClient;
import bulwark.web.LocalSocket;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The store of a service that does not run, opened for one command of its owner. It plans, and sends nothing. */
record StoppedSeats(
        SeatStore store,
        BlsVerifier bls,
        @Nullable ChainAccess chain,
        @Nullable ConsensusAccess consensus,
        SeatApi api) implements LocalAdminClient.StoppedStore {
    static StoppedSeats open(StoreLocation location, Configuration settings, Path directory, Clock clock) {
        SeatStore store = SeatStore.open(location, settings.text("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS"), clock);
        BlsVerifier bls = BlsVerifier.ofThisProgram();
        try {
            ChainAccess chain = ChainSettings.open(settings, directory, clock).orElse(null);
            ConsensusAccess consensus = WatchSettings.open(settings).orElse(null);
            return new StoppedSeats(
                    store,
                    bls,
                    chain,
                    consensus,
                    new SeatApi(store, bls, chain, consensus, PlanSender.DISABLED, settings, directory, clock));
        } catch (RuntimeException e) {
            bls.close();
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
        if (chain != null) {
            chain.close();
        }
        if (consensus != null) {
            consensus.close();
        }
        bls.close();
        store.close();
    }
}
