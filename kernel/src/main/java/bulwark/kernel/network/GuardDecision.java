package bulwark.kernel.network;

import java.net.InetSocketAddress;
import java.util.List;

/** Whether a server connects. */
public sealed interface GuardDecision {
    /** Code of a name that has no address at present. */
    String UNRESOLVABLE = "unresolvable_host";

    /** @param addresses where to connect, in the resolver's order; each was judged, so none may be looked up again */
    record Allowed(List<InetSocketAddress> addresses) implements GuardDecision {
        public Allowed {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * @param code stable: {@code internal_address}, {@code internal_host}, {@code port_not_allowed}, {@link #UNRESOLVABLE}, {@code denied_address}
     * @param sentence names the range and the setting that would allow it
     */
    record Blocked(String code, String sentence) implements GuardDecision {}
}
