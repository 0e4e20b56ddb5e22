package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.QueryLimit;
import bulwark.kernel.storage.Store;
import bulwark.testkit.WireSocket;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A query of a real store that is stopped at its budget is an ordinary refusal with its code, in the answer, the counters and the evidence. */
@Timeout(60)
class QueryLimitsTest {
    private static final String ENDLESS =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    @TempDir
    Path folder;

    private final TestService part = new TestService();
    private final Edge edge = Edge.create();
    private Store store;
    private int port;

    @BeforeEach
    void listen() {
        store = Store.open(
                folder.resolve("s.db"), Migrations.of(ApiKeys.MIGRATIONS), Store.SchemaPolicy.CREATE_OR_UPGRADE);
        part.with(
                query("/long", new QueryLimit(Duration.ofMillis(50), Long.MAX_VALUE)),
                query("/broad", new QueryLimit(Duration.ofMinutes(5), 100_000)),
                Route.authenticated("GET", "/endless", "test", request -> TestService.text(count())),
                Route.authenticated(
                        "GET", "/budget", "test", request -> TestService.text(String.valueOf(QueryLimit.current()))));
        part.limits = new Service.Limits(1 << 20, 16 * 1024, 8 * 1024, 8, 30, 75, 100, 0, 1);
        port = edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        edge.close();
        store.close();
    }

    private Route query(String path, QueryLimit budget) {
        return Route.authenticated("GET", path, "test", request -> TestService.text(budget.within(this::count)));
    }

    private String count() {
        return store.read(tx -> {
            try (ResultSet rows = tx.statement(ENDLESS).executeQuery()) {
                return rows.next() ? Long.toString(rows.getLong(1)) : "none";
            }
        });
    }

    @Test
    void a_handler_that_sets_no_budget_has_that_of_its_listener_in_time_and_in_rows() {
        assertThat(get("/endless")).startsWith("HTTP/1.1 503").endsWith("query_timed_out");
        assertThat(get("/budget")).endsWith("QueryLimit[time=PT1S, steps=2000000000]");
    }

    @Test
    void a_query_that_runs_for_too_long_is_safe_to_repeat_later() {
        assertThat(get("/long")).startsWith("HTTP/1.1 503").endsWith("query_timed_out");
        assertThat(part.refusals).contains("anon:trusted query_timed_out");
        assertThat(part.metrics.scrape()).contains("test_edge_refused_total{code=\"query_timed_out\"} 1");
    }

    @Test
    void a_query_that_looks_at_too_many_rows_is_the_callers_to_narrow() {
        assertThat(get("/broad")).startsWith("HTTP/1.1 422").endsWith("query_too_broad");
        assertThat(part.refusals).contains("anon:trusted query_too_broad");
        assertThat(part.metrics.scrape()).contains("test_edge_refused_total{code=\"query_too_broad\"} 1");
    }

    private String get(String path) {
        return WireSocket.answerTo(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }
}
