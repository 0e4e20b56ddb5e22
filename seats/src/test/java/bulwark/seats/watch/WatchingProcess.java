package bulwark.seats.watch;

import bulwark.seats.beacon.BeaconNode;
import bulwark.seats.beacon.ScriptedBeacon;
import bulwark.seats.chain.EndpointClient;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.JsonRpcClient;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.seat.SeatRows;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process that looks at both layers again and again until it is killed, or three times. Its arguments are written by the test. */
final class WatchingProcess {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private WatchingProcess() {}

    /** @param arguments folder, execution client, gate, router, two consensus clients, and how many looks; 0 for no end */
    public static void main(String[] arguments) {
        URI node = URI.create(arguments[1]);
        try (SeatRows rows = new SeatRows(Path.of(arguments[0]));
                JsonRpcClient one = new JsonRpcClient(new RpcEndpoint("one", node), TIMEOUT);
                JsonRpcClient two = new JsonRpcClient(new RpcEndpoint("two", node), TIMEOUT);
                EndpointClient first = beacon("one", arguments[4]);
                EndpointClient second = beacon("two", arguments[5])) {
            ExecutionScan scan = new ExecutionScan(
                    List.of(new ExecutionNode(one), new ExecutionNode(two)), EvmAddress.of(arguments[2]), 0);
            ExecutionWatcher execution =
                    new ExecutionWatcher(rows.store, scan, EvmAddress.of(arguments[3]), rows.clock);
            ConsensusWatcher consensus = new ConsensusWatcher(
                    rows.store,
                    List.of(new BeaconNode(first), new BeaconNode(second)),
                    ScriptedBeacon.FORK_VERSION,
                    rows.clock);
            System.out.println("READY");
            int looks = Integer.parseInt(arguments[6]);
            for (int i = 0; looks == 0 || i < looks; i++) {
                execution.pass();
                consensus.pass();
            }
        }
        System.out.println("DONE");
    }

    private static EndpointClient beacon(String label, String uri) {
        return new EndpointClient(new RpcEndpoint(label, URI.create(uri)), TIMEOUT);
    }
}
