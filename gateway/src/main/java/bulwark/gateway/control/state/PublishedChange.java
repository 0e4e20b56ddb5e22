package bulwark.gateway.control.state;

import java.util.List;

/**
 * What one committed change did to objects that gateways see. Immutable.
 *
 * @param generation of the snapshots from then on; one more than before, unless an operator set it
 * @param written objects as they are now
 * @param deleted objects as they were
 */
public record PublishedChange(long generation, List<ControlObject> written, List<ControlObject> deleted) {
    public PublishedChange {
        written = List.copyOf(written);
        deleted = List.copyOf(deleted);
    }
}
