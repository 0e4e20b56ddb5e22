package bulwark.seats.beacon;

import bulwark.seats.chain.EndpointClient;
import bulwark.seats.chain.RpcEndpoint;
import java.time.Duration;
import java.util.List;

/** The consensus clients of one process, each under its label. Made once, closed with the process. Thread-safe. */
public final class ConsensusAccess implements AutoCloseable {
    /** From a request to the last byte of its answer. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

    private final List<EndpointClient> clients;
    private final List<BeaconNode> nodes;

    private ConsensusAccess(List<EndpointClient> clients) {
        this.clients = clients;
        this.nodes = clients.stream().map(BeaconNode::new).toList();
    }

    /** Opens no connection yet. @param endpoints each with a label of its own */
    public static ConsensusAccess open(List<RpcEndpoint> endpoints) {
        return new ConsensusAccess(endpoints.stream()
                .map(endpoint -> new EndpointClient(endpoint, ANSWER_TIMEOUT))
                .toList());
    }

    /** In the order of the setting. */
    public List<BeaconNode> nodes() {
        return nodes;
    }

    @Override
    public void close() {
        clients.forEach(EndpointClient::close);
    }
}
