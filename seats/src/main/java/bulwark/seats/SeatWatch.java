package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.seats.approval.PlanKeeper;
import bulwark.seats.approval.PlanSender;
import bulwark.seats.approval.PlanSettings;
import bulwark.seats.approval.WatcherProposal;
import bulwark.seats.beacon.ConsensusAccess;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.settings.ChainSettings;
import bulwark.seats.settings.WatchSettings;
import bulwark.seats.store.SeatStore;
import bulwark.seats.watch.WatchService;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the watchers as the settings want them. */
final class SeatWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SeatWatch.class);

    private SeatWatch() {}

    /**
     * @param directory that relative paths of settings start from
     * @param sender that settlements are handed to
     * @return null where clients of a layer are missing: nothing is watched then, and the log says so
     */
    static @Nullable WatchService start(
            Configuration settings,
            Path directory,
            SeatStore store,
            @Nullable ChainAccess chain,
            @Nullable ConsensusAccess consensus,
            PlanSender sender,
            Clock clock) {
        if (chain == null || consensus == null) {
            LOG.info(
                    "the watcher is idle: {} and {} name no clients", ChainSettings.ENDPOINTS, WatchSettings.CONSENSUS);
            return null;
        }
        WatchService.Targets targets = new WatchService.Targets(
                chain.nodes(),
                consensus.nodes(),
                chain.network().depositContract(),
                chain.network().treasuryRouter(),
                chain.network().genesisBlock(),
                chain.network().genesisForkVersion().toString());
        return WatchService.start(
                store,
                targets,
                chain,
                WatchSettings.settlesByItself(settings)
                        ? new WatcherProposal(
                                store,
                                new PlanKeeper(store, PlanSettings.of(settings, directory), sender, clock),
                                chain,
                                clock)
                        : null,
                WatchSettings.executionInterval(settings),
                WatchSettings.consensusInterval(settings),
                clock);
    }
}
