package bulwark.tasks.embedded;

import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Start;
import java.util.List;

/**
 * What is asked of the holder of the store about queues. {@code once} names a call that is repeated when its answer was lost, and then gets the first
 * answer again; empty where no answer can be lost.
 */
interface QueueCalls {
    void publish(List<Row.Put> puts, String once);

    boolean publishOnce(String identity, long remembered, Row.Put put);

    void broadcast(String channel, String message, String once);

    List<Row.Taken> take(Row.Demand demand) throws InterruptedException;

    List<Start.Verdict> begin(List<Row.Begin> begins);

    /** @return for each whether it was still held */
    List<Boolean> renew(List<Row.Hold> holds, long lease);

    List<Boolean> settle(List<Row.End> ends, String once);

    QueueCounts counts(String queue);

    List<String> queues();

    void purge(String queue);

    void delete(String queue);

    void probe();
}
