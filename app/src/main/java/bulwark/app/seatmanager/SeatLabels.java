package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.error.PrintableText;
import bulwark.seats.beacon.BeaconNode;
import bulwark.seats.beacon.ConsensusAccess;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.settings.ChainSettings;
import bulwark.seats.settings.WatchSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What each client says when it is asked now; an address is never printed, for it may hold a key. */
final class SeatLabels {
    private SeatLabels() {}

    /** @param print takes a subject, empty for a further line, and a sentence @param missing is added to */
    static void execution(
            Configuration settings, CommandContext context, BiConsumer<String, String> print, List<String> missing) {
        try {
            Optional<ChainAccess> opened = ChainSettings.open(settings, context.directory(), context.clock());
            if (opened.isEmpty()) {
                return;
            }
            try (ChainAccess chain = opened.get()) {
                chain.nodes().forEach(node -> print.accept("", said(node, context.clock())));
                Preflight.Report report = chain.preflight();
                report.problems().stream()
                        .map(problem -> "the clients are not as " + ChainSettings.FILE + " says: " + problem)
                        .map(PrintableText::line)
                        .forEach(missing::add);
            }
        } catch (OperatorError e) {
            missing.add(PrintableText.line(String.valueOf(e.getMessage())));
        }
    }

    private static String said(ExecutionNode node, Clock clock) {
        try {
            return node.block(ExecutionNode.BlockId.LATEST)
                    .map(head -> node.label() + ": chain " + node.chainId() + ", block " + head.number() + ", "
                            + Duration.between(head.time(), clock.instant()).toSeconds() + " s old")
                    .orElse(node.label() + ": has no block");
        } catch (RpcFailed failed) {
            return PrintableText.line(node.label() + ": " + failed.getMessage());
        }
    }

    /** As {@link #execution}. */
    static void consensus(Configuration settings, BiConsumer<String, String> print, List<String> missing) {
        try {
            Optional<ConsensusAccess> opened = WatchSettings.open(settings);
            if (opened.isEmpty()) {
                return;
            }
            try (ConsensusAccess clients = opened.get()) {
                for (BeaconNode node : clients.nodes()) {
                    String problem = said(node, print);
                    if (!problem.isEmpty()) {
                        missing.add(problem);
                    }
                }
            }
        } catch (OperatorError e) {
            missing.add(PrintableText.line(String.valueOf(e.getMessage())));
        }
    }

    /** @return why the client does not count; empty when it does */
    private static String said(BeaconNode node, BiConsumer<String, String> print) {
        try {
            BeaconNode.Syncing syncing = node.syncing();
            long finalEpoch = node.finalized(BeaconNode.StateId.HEAD).epoch();
            print.accept(
                    "",
                    node.label() + ": slot " + syncing.headSlot() + ", epoch " + finalEpoch + " is final"
                            + (syncing.counts() ? "" : ", does not follow the chain"));
            return syncing.counts()
                    ? ""
                    : "the consensus client " + node.label() + " does not follow the chain: wait until it does";
        } catch (RpcFailed failed) {
            print.accept("", PrintableText.line(node.label() + ": " + failed.getMessage()));
            return "the consensus client " + node.label() + " does not answer";
        }
    }
}
