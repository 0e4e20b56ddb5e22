package bulwark.tasks.embedded;

import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.RunStart;
import java.util.List;

/**
 * What is asked of the store's owner about queues. {@code once} names a call that is repeated when its answer was lost, and then gets the first
 * answer again; empty where no answer can be lost.
 */
interface QueueApi {
    void publish(List<StoreRpc.Publish> publications, String once);

    boolean publishOnce(String identity, long remembered, StoreRpc.Publish publish);

    /** @return owner of the lock from now on */
    String publishUnique(String lock, String owner, long held, StoreRpc.Publish publish);

    void broadcast(String channel, String message, String once);

    List<StoreRpc.Received> receive(StoreRpc.Poll poll) throws InterruptedException;

    List<LimitedStart.LimitDecision> limit(List<StoreRpc.LimitedRun> starts);

    List<RunStart.StartDecision> begin(List<StoreRpc.BeginRun> begins);

    /** @return for each whether it was still held */
    List<Boolean> renew(List<StoreRpc.Lease> holds, long lease);

    List<Boolean> settle(List<StoreRpc.Settle> ends, String once);

    QueueCounts counts(String queue);

    List<String> queues();

    void purge(String queue);

    void delete(String queue);

    void ping();
}
