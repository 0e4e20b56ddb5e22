package bulwark.tasks.events;

import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that an application sent to the listeners of a queue.
 *
 * @param signed a key verified its signature
 */
public record QueueEvent(
        String id,
        String queue,
        String name,
        ObjectNode payload,
        Instant emittedAt,
        Map<String, String> headers,
        ObjectNode meta,
        boolean signed) {}
