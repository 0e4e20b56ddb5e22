package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.FreePort;
import java.util.List;

/** What somebody sets in a running Redis, by the commands that it has for that. Independent of each other, so planted together. */
final class RedisFaults {
    private RedisFaults() {}

    /**
     * A setting of the server.
     *
     * @param id of the probe that must name it
     * @param name of the setting; empty for the rights of its default user
     * @param wrong planted
     * @param right as before
     */
    record ServerFault(String id, String name, String wrong, String right) {
        /** @return what undoes it */
        AutoCloseable plant(RedisWorker worker) throws Exception {
            if (name.isEmpty()) {
                worker.redis("acl setuser " + wrong);
                assertThat(worker.redis("acl getuser default")).contains("nopass");
                return () -> worker.redis("acl setuser " + right);
            }
            worker.redis("config set " + name + " " + wrong);
            assertThat(worker.redis("config get " + name)).contains(wrong);
            return () -> worker.redis("config set " + name + " " + right);
        }
    }

    static List<ServerFault> all() {
        return List.of(
                new ServerFault("TASKS-REDIS-01", "port", Integer.toString(FreePort.next()), "0"),
                new ServerFault("TASKS-REDIS-02", "tls-auth-clients", "no", "yes"),
                new ServerFault("TASKS-REDIS-03", "", "default on nopass '~*' +@all", "default off"),
                new ServerFault("TASKS-REDIS-04", "maxmemory-policy", "allkeys-lru", "noeviction"),
                new ServerFault("TASKS-REDIS-05", "appendonly", "no", "yes"));
    }
}
