package bulwark.facts.node;

import bulwark.kernel.config.Configuration;

/** The STIGMEM_ names and the typed view of them. */
public final class NodeSettings {
    private NodeSettings() {}

    public static Configuration.Schema schema() {
        throw new UnsupportedOperationException("skeleton");
    }
}
