package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.control.state.ControlStore;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers of a control plane see when its database dies, is silent, or is shared. */
@Timeout(300)
class ControlPlaneDatabaseTest {
    private static final Duration BACK = Duration.ofSeconds(90);
    /** Of an answer while the database is silent, on a slow machine. */
    private static final Duration MAX_ANSWER = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private static int create(ControlFixture control, String name) throws IOException {
        return control.admin("acme", "POST", "/v1/consumers/acme", Map.of("external_id", name))
                .status();
    }

    /** How many consumers there are by each name. */
    private static List<String> consumers(ControlFixture control) throws IOException {
        List<String> names = new ArrayList<>();
        boolean more = true;
        for (int page = 1; more; page++) {
            Answer answer = control.admin("acme", "GET", "/v1/consumers/acme?page_size=100&page=" + page)
                    .is(200);
            answer.json()
                    .path("items")
                    .forEach(item -> names.add(item.path("external_id").asString()));
            more = answer.json().path("has_more").asBoolean();
        }
        return names;
    }

    private static boolean ready(ControlFixture control) throws IOException {
        return control.call("GET", "/health/ready", null, Map.of()).status() == 200;
    }

    @Test
    void a_database_that_dies_or_is_silent_is_503_in_time_and_nothing_is_lost_or_doubled() throws Exception {
        try (PostgresServer server = PostgresServer.own();
                ControlFixture control = ControlFixture.start(folder, Map.of("STOA_DATABASE_URL", server.newUrl()))) {
            Set<String> created = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                assertThat(create(control, "before-" + i)).isEqualTo(201);
                created.add("before-" + i);
            }
            for (String harm : List.of("freeze", "kill")) {
                if (harm.equals("freeze")) {
                    server.freeze();
                } else {
                    server.kill();
                }
                try {
                    refusedInTime(control, harm);
                    await().atMost(BACK).until(() -> !ready(control));
                    refusedInTime(control, harm + "-red");
                } finally {
                    if (harm.equals("freeze")) {
                        server.resume();
                    } else {
                        server.startAgain();
                    }
                }
                await().atMost(BACK).until(() -> ready(control));
                assertThat(create(control, "after-" + harm)).isEqualTo(201);
                created.add("after-" + harm);
            }
            assertThat(consumers(control)).doesNotHaveDuplicates().containsAll(created);
            control.plane.close();
            assertThat(ControlStore.fsck(control.database()).sentences()).isEmpty();
        }
    }

    private static void refusedInTime(ControlFixture control, String name) throws IOException {
        long began = System.nanoTime();
        Answer answer = control.admin("acme", "POST", "/v1/consumers/acme", Map.of("external_id", name));
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.text("error")).isEqualTo("store_failed");
        assertThat(answer.text("detail")).contains("epeat").doesNotContain("any@");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MAX_ANSWER);
    }

    /** Sessions that are open go on under the former password; each new one needs the next. */
    @Test
    void a_password_of_the_database_is_rotated_under_load_and_no_call_fails() throws Exception {
        PostgresServer server = PostgresServer.shared();
        String database = server.createDatabase();
        String role = "rotating_" + database;
        server.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'of-the-plane-0'");
        Path file = Files.createFile(
                folder.resolve("url"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, server.url(role + ":of-the-plane-0", database) + "?schema=stoa");
        Queue<String> faults = new ConcurrentLinkedQueue<>();
        AtomicLong calls = new AtomicLong();
        AtomicBoolean stopped = new AtomicBoolean();
        try (ControlFixture control = ControlFixture.start(
                folder,
                Map.of(
                        "STOA_DATABASE_URL_FILE",
                        file.toString(),
                        "STOA_DATABASE_MIGRATION_URL",
                        server.url(database) + "?schema=stoa"))) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String name = "client-" + i + "-";
                clients.add(Thread.ofVirtual().start(() -> callUntil(stopped, control, name, calls, faults)));
            }
            for (int i = 1; i <= 3; i++) {
                long before = calls.get();
                await().atMost(BACK).until(() -> calls.get() > before + 20);
                String next = "of-the-plane-" + i;
                server.execute("ALTER ROLE " + role + " PASSWORD '" + next + "'");
                Path fresh = Files.copy(file, folder.resolve("next"), StandardCopyOption.COPY_ATTRIBUTES);
                Files.writeString(fresh, server.url(role + ":" + next, database) + "?schema=stoa");
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            long last = calls.get();
            await().atMost(BACK).until(() -> calls.get() > last + 20);
            stopped.set(true);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(faults).isEmpty();

            server.endSessions(database);
            await().atMost(BACK).until(() -> create(control, "after-" + System.nanoTime()) == 201);
        }
    }

    private static void callUntil(
            AtomicBoolean stopped, ControlFixture control, String name, AtomicLong calls, Queue<String> faults) {
        try {
            for (int i = 0; !stopped.get(); i++) {
                int written = create(control, name + i);
                int read = control.admin("acme", "GET", "/v1/consumers/acme").status();
                if (written != 201 || read != 200) {
                    faults.add(name + i + ": " + written + ", " + read);
                }
                calls.incrementAndGet();
            }
        } catch (IOException e) {
            faults.add(name + e);
        }
    }

    @Test
    void two_control_planes_on_one_database_see_each_other_and_one_chain_holds_both() throws Exception {
        String url = PostgresServer.shared().newUrl();
        Map<String, String> settings = Map.of("STOA_DATABASE_URL", url);
        try (ControlFixture first = ControlFixture.start(Files.createDirectory(folder.resolve("first")), settings);
                ControlFixture second = new ControlFixture(Files.createDirectory(folder.resolve("second")), settings)) {
            for (int i = 0; i < 10; i++) {
                assertThat(create(first, "first-" + i)).isEqualTo(201);
                assertThat(create(second, "second-" + i)).isEqualTo(201);
            }
            assertThat(consumers(second)).hasSize(20).containsExactlyInAnyOrderElementsOf(consumers(first));
            first.owner("/owner/administrators/add", Map.of("subject", "user-cpi-admin"));
            await().atMost(BACK)
                    .until(() -> second.as(
                                            bulwark.gateway.permission.Role.CPI_ADMIN,
                                            "platform",
                                            "GET",
                                            "/v1/admin/gateways")
                                    .status()
                            == 200);
            first.plane.close();
            second.plane.close();
            assertThat(ControlStore.fsck(first.database()).sentences()).isEmpty();
            assertThat(ControlStore.fsck(second.database()).sentences()).isEmpty();
        }
    }

    @Test
    void the_url_comes_from_a_file_and_neither_refusal_nor_configuration_shows_the_password() throws Exception {
        Path file = Files.createFile(
                folder.resolve("url"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, PostgresServer.shared().url("postgres:not-to-be-shown", "no_such_database"));
        assertThatThrownBy(() -> new ControlFixture(folder, Map.of("STOA_DATABASE_URL_FILE", file.toString())))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("no_such_database")
                .hasMessageNotContaining("not-to-be-shown");
        Files.writeString(file, "postgresql://me:not-to-be-shown@db.example/stoa");
        assertThatThrownBy(() -> new ControlFixture(folder, Map.of("STOA_DATABASE_URL_FILE", file.toString())))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("sslmode=verify-full")
                .hasMessageNotContaining("not-to-be-shown");
    }
}
