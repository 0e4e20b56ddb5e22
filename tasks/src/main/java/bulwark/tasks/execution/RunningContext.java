package bulwark.tasks.execution;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.client.TaskClient;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.events.WorkerEvent;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.lease.LeasedDelivery;
import bulwark.tasks.lease.VerifiedTask;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The context of one run. Asking to stop shows in {@link #stopRequested}. */
public final class RunningContext implements TaskContext {
    private static final List<String> TRACE = List.of("traceparent", "tracestate");

    private final LeasedDelivery leased;
    private final VerifiedTask task;
    private final Services services;

    /** What all runs of a worker share. */
    public record Services(
            Broker broker,
            ResultBackend results,
            TaskClient client,
            StatusFactory statuses,
            WorkerTelemetry telemetry) {}

    RunningContext(LeasedDelivery leased, VerifiedTask task, Services services) {
        this.leased = leased;
        this.task = task;
        this.services = services;
    }

    private Envelope envelope() {
        return task.envelope();
    }

    @Override
    public String id() {
        return envelope().id();
    }

    @Override
    public String name() {
        return envelope().name();
    }

    @Override
    public ObjectNode args() {
        return PayloadEncoding.args(envelope());
    }

    @Override
    public int attempt() {
        return task.attempt();
    }

    @Override
    public Map<String, String> headers() {
        return envelope().headers();
    }

    @Override
    public ObjectNode meta() {
        return envelope().meta();
    }

    @Override
    public String queue() {
        return task.delivery().queue();
    }

    @Override
    public FencingToken fence() {
        return leased.receipt().token();
    }

    @Override
    public boolean signed() {
        return task.signed();
    }

    @Override
    public boolean stopRequested() {
        return leased.stopReason() != LeasedDelivery.StopReason.NONE;
    }

    @Override
    public void checkpoint() {
        if (stopRequested()) {
            throw new Stopped("the task was asked to stop");
        }
    }

    @Override
    public void extendLease(Duration by) {
        checkpoint();
        if (!services.broker().renew(List.of(leased.receipt()), by).isEmpty()) {
            leased.requestStop(LeasedDelivery.StopReason.LEASE_LOST, false);
            throw new Stopped("another worker has the task");
        }
        leased.extended(by);
    }

    @Override
    public void progress(double percent, ObjectNode data) {
        checkpoint();
        double bounded = Math.clamp(percent, 0, 100);
        services.results().putFenced(services.statuses().of(task.delivery(), TaskState.RUNNING, null, null, meta -> {
            StatusFactory.started(meta, task);
            meta.putObject("progress").put("percent", bounded).set("data", data);
        }));
        services.telemetry()
                .event(WorkerEvent.Type.PROGRESS, task.delivery(), Map.of("percent", bounded, "data", data.toString()));
    }

    @Override
    public RetryRequested retry(Duration countdown) {
        throw new RetryRequested(countdown.isNegative() ? Duration.ZERO : countdown);
    }

    @Override
    public String enqueue(String name, ObjectNode args) {
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        meta.put("stem.parentTaskId", id());
        meta.put("stem.parentAttempt", attempt());
        meta.put("stem.rootTaskId", envelope().meta().path("stem.rootTaskId").asString(id()));
        Map<String, String> headers = new HashMap<>(headers());
        headers.keySet().retainAll(TRACE);
        return services.client()
                .enqueue(EnqueueRequest.named(name, args).withMeta(meta).withHeaders(headers));
    }
}
