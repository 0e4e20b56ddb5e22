package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Turns statuses into rows and back, in the process that uses them. */
final class EmbeddedResults implements ResultBackend {
    private static final Duration MAX_POLL_TIMEOUT = Duration.ofSeconds(5);
    private static final int IDS_AT_ONCE = 20_000;
    private static final int STATUSES_AT_ONCE = 500;

    private final StoreClient client;
    private final Duration retention;
    private final StatusApi calls;

    EmbeddedResults(StoreClient client, Duration retention) {
        this.retention = retention;
        this.client = client;
        this.calls = client.as(StatusApi.class);
    }

    private StoreRpc.Status row(TaskStatus status, @Nullable Duration kept) {
        return RpcMapper.row(status, kept == null ? retention : kept);
    }

    @Override
    public Optional<TaskStatus> get(String taskId) {
        return calls.get(taskId).map(RpcMapper::status);
    }

    @Override
    public void put(TaskStatus status, @Nullable Duration retention) {
        calls.put(row(status, retention), StatusApi.When.ALWAYS);
    }

    @Override
    public boolean putIfAbsent(TaskStatus status, @Nullable Duration retention) {
        return calls.put(row(status, retention), StatusApi.When.ABSENT);
    }

    @Override
    public boolean putFenced(TaskStatus status) {
        return calls.put(row(status, null), StatusApi.When.FENCED);
    }

    @Override
    public boolean putUnvouched(TaskStatus status, String envelopeDigest) {
        return calls.putUnvouched(row(status, null), envelopeDigest);
    }

    @Override
    public void expire(String taskId, Duration retention) {
        calls.expire(taskId, retention.toMillis());
    }

    @Override
    public Optional<TaskStatus> awaitChange(String taskId, @Nullable TaskStatus seen, Duration wait)
            throws InterruptedException {
        Duration patience = wait.compareTo(MAX_POLL_TIMEOUT) > 0 ? MAX_POLL_TIMEOUT : wait;
        Optional<StoreRpc.StoredStatus> stored = calls.await(
                taskId,
                seen == null ? null : seen.state().wire(),
                seen == null ? 0 : StoreRpc.micros(seen.updatedAt()),
                patience.toMillis());
        return stored.map(RpcMapper::status);
    }

    /** The filter runs here, so statuses come in pages until there are enough. */
    @Override
    public List<TaskStatus> list(Predicate<TaskStatus> filter, int offset, int limit) {
        List<TaskStatus> found = new ArrayList<>();
        long skip = offset;
        int from = 0;
        List<String> ids;
        do {
            ids = calls.ids(from, IDS_AT_ONCE);
            from += ids.size();
            for (int i = 0; i < ids.size() && found.size() < limit; i += STATUSES_AT_ONCE) {
                List<String> some = ids.subList(i, Math.min(ids.size(), i + STATUSES_AT_ONCE));
                for (StoreRpc.StoredStatus row : calls.all(some)) {
                    TaskStatus status = RpcMapper.status(row);
                    if (filter.test(status) && skip-- <= 0 && found.size() < limit) {
                        found.add(status);
                    }
                }
            }
        } while (found.size() < limit && ids.size() == IDS_AT_ONCE);
        return found;
    }

    @Override
    public void initGroup(Group group, @Nullable Duration kept) {
        StoreRpc.Group row = new StoreRpc.Group(group.id(), group.expected(), json(group.meta()), List.of());
        calls.initGroup(row, (kept == null ? retention : kept).toMillis());
    }

    private static String json(ObjectNode node) {
        return StrictJson.text(node);
    }

    private static ObjectNode parse(String json) {
        return RpcMapper.object(StrictJson.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static GroupStatus status(StoreRpc.Group row) {
        Map<String, TaskStatus> results = new LinkedHashMap<>();
        for (StoreRpc.StoredStatus each : row.results()) {
            TaskStatus status = RpcMapper.status(each);
            results.put(status.id(), status);
        }
        return new GroupStatus(new Group(row.id(), row.expected(), parse(row.meta())), results);
    }

    @Override
    public Optional<GroupStatus> addGroupResult(String groupId, TaskStatus status) {
        return calls.addGroupResult(groupId, row(status, null)).map(EmbeddedResults::status);
    }

    @Override
    public Optional<GroupStatus> group(String groupId) {
        return calls.group(groupId).map(EmbeddedResults::status);
    }

    @Override
    public boolean claimChord(String groupId, String callbackTaskId) {
        return calls.claimChord(groupId, callbackTaskId, client.newCallId());
    }

    @Override
    public void putHeartbeat(String workerId, ObjectNode heartbeat, Duration retention) {
        calls.putHeartbeat(workerId, json(heartbeat), retention.toMillis());
    }

    @Override
    public Optional<ObjectNode> heartbeat(String workerId) {
        return calls.heartbeat(workerId).map(EmbeddedResults::parse);
    }

    @Override
    public List<ObjectNode> heartbeats() {
        return calls.heartbeats().stream()
                .map(body -> Objects.requireNonNull(parse(body)))
                .toList();
    }
}
