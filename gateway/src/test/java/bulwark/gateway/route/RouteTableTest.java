package bulwark.gateway.route;

import static bulwark.gateway.route.RouteFixture.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.route.RouteMatch.Found;
import bulwark.gateway.route.RouteMatch.MethodNotAllowed;
import bulwark.gateway.route.RouteMatch.NotActivated;
import bulwark.gateway.route.RouteMatch.NotFound;
import bulwark.gateway.route.RouteMatch.PathNotTaken;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
    private static RouteTable<String> table(ApiRoute... routes) {
        return RouteTable.of(List.of(routes), route -> "compiled " + route.id());
    }

    private static RouteMatch<String> match(RouteTable<String> table, String method, String target) throws PathRefused {
        return table.match(method, TargetPath.of(target));
    }

    @ParameterizedTest
    @CsvSource({
        "/apis/foo, foo, ''",
        "/apis/foo/, foo, /",
        "/apis/foo?q=1, foo, ?q=1",
        "/apis/foo/x/y?q=/apis/foo/deep, foo, /x/y?q=/apis/foo/deep",
        "/apis/foo/deep/er, deep, /er",
        "/apis/foo/deeper, foo, /deeper",
        "/apis/foobar, , ",
        "/apis/fo, , ",
        "/apis, , ",
        "/, , ",
        "/ap%69s/f%6Fo/x%20y, foo, /x%20y",
        "/%61pis/foo/d%65ep/%2541, deep, /%2541",
        "/caf%C3%A9/x, cafe, /x",
        "/caf%c3%a9, cafe, ''"
    })
    void the_longest_prefix_of_whole_segments_wins(String target, String id, String rest) throws PathRefused {
        RouteTable<String> table =
                table(route("foo", "/apis/foo"), route("deep", "/apis/foo/deep"), route("cafe", "/caf\u00e9/"));
        RouteMatch<String> match = match(table, "GET", target);
        if (id == null) {
            assertThat(match).isInstanceOf(NotFound.class);
        } else {
            assertThat(match).isInstanceOfSatisfying(Found.class, found -> {
                assertThat(found.route().id()).isEqualTo(id);
                assertThat(found.compiled()).isEqualTo("compiled " + id);
                assertThat(target.substring(found.rest())).isEqualTo(rest);
            });
        }
    }

    @Test
    void a_prefix_of_one_slash_takes_what_no_other_takes() throws PathRefused {
        RouteTable<String> table = table(route("all", "/"), route("foo", "/foo"));
        assertThat(match(table, "GET", "/bar/x?y"))
                .isEqualTo(new Found<>(table.routes().get(0), "compiled all", 0));
        assertThat(match(table, "GET", "/foo/x"))
                .isEqualTo(new Found<>(table.routes().get(1), "compiled foo", 4));
    }

    @Test
    void a_method_that_is_not_listed_is_answered_with_those_that_are() throws PathRefused {
        RouteTable<String> table =
                table(route("read", "/a", "GET", "HEAD"), route("write", "/a", "POST"), route("any", "/b"));
        assertThat(match(table, "GET", "/a")).isInstanceOf(Found.class);
        assertThat(((Found<String>) match(table, "POST", "/a/x")).route().id()).isEqualTo("write");
        assertThat(match(table, "PUT", "/a/x"))
                .isInstanceOfSatisfying(
                        MethodNotAllowed.class,
                        refused -> assertThat(refused.allowed()).containsExactly("GET", "HEAD", "POST"));
        assertThat(match(table, "get", "/a")).isInstanceOf(MethodNotAllowed.class);
        assertThat(match(table, "PROPFIND", "/b")).isInstanceOf(Found.class);
    }

    @Test
    void a_route_that_is_not_activated_takes_nothing_and_hides_no_active_one() throws PathRefused {
        ApiRoute inactive = route("old", "/a", Map.of("activated", false));
        assertThat(match(table(inactive), "GET", "/a/b")).isEqualTo(new NotActivated<>(inactive));
        RouteTable<String> both = table(inactive, route("new", "/a", "GET"));
        assertThat(match(both, "GET", "/a/b")).isInstanceOf(Found.class);
        assertThat(match(both, "POST", "/a/b")).isInstanceOf(MethodNotAllowed.class);
    }

    @Test
    void an_encoded_slash_is_for_the_routes_that_take_it() throws PathRefused {
        RouteTable<String> table = table(route("no", "/a"), route("yes", "/b", Map.of("allow_encoded_slash", true)));
        assertThat(match(table, "GET", "/a/x%2Fy"))
                .isInstanceOfSatisfying(
                        PathNotTaken.class,
                        refused -> assertThat(refused.fault()).isEqualTo(PathFault.ENCODED_SLASH));
        assertThat(match(table, "GET", "/b/x%2fy/%2Bz"))
                .isEqualTo(new Found<>(table.routes().get(1), "compiled yes", 2));
        assertThat(match(table, "GET", "/b%2fx")).isInstanceOf(NotFound.class);
        assertThat(match(table, "GET", "/a%2Fx")).isInstanceOf(NotFound.class);
    }

    @Test
    void routes_that_take_the_same_request_are_refused_and_each_pair_is_named() {
        assertThatThrownBy(() -> table(
                        route("one", "/a"),
                        route("two", "/a/", "GET"),
                        route("three", "/b", "GET", "POST"),
                        route("four", "/b", "POST"),
                        route("one", "/c")))
                .isInstanceOfSatisfying(
                        RoutesRefused.class,
                        refused -> assertThat(refused.sentences())
                                .satisfiesExactlyInAnyOrder(
                                        s -> assertThat(s).contains("one and two", "/a", "activated"),
                                        s -> assertThat(s).contains("three and four", "/b"),
                                        s -> assertThat(s).contains("the id one")));
    }

    @Test
    void it_finds_what_a_search_of_all_routes_finds() throws PathRefused {
        Random random = new Random(10_000);
        Map<String, ApiRoute> byPrefix = new TreeMap<>();
        while (byPrefix.size() < 3_000) {
            String prefix = randomPath(random, 1 + random.nextInt(4));
            byPrefix.put(prefix, route("r" + byPrefix.size() + prefix.hashCode(), prefix));
        }
        List<ApiRoute> routes = new ArrayList<>(byPrefix.values());
        RouteTable<String> table = RouteTable.of(routes, ApiRoute::id);
        for (int i = 0; i < 3_000; i++) {
            String path = randomPath(random, 1 + random.nextInt(7)) + (random.nextBoolean() ? "/" : "");
            Optional<ApiRoute> expected = routes.stream()
                    .filter(route -> (path + "/").startsWith(route.pathPrefix() + "/"))
                    .max(Comparator.comparing(route -> route.pathPrefix().length()));
            RouteMatch<String> match = match(table, "GET", path);
            if (expected.isEmpty()) {
                assertThat(match).as(path).isInstanceOf(NotFound.class);
            } else {
                ApiRoute route = expected.get();
                assertThat(match)
                        .as(path)
                        .isEqualTo(new Found<>(
                                route, route.id(), route.pathPrefix().length()));
            }
        }
    }

    private static String randomPath(Random random, int segments) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < segments; i++) {
            path.append('/').append((char) ('a' + random.nextInt(10)));
            if (random.nextInt(4) == 0) {
                path.append((char) ('a' + random.nextInt(10)));
            }
        }
        return path.toString();
    }

    @Test
    void a_table_never_makes_way_for_an_older_one() {
        CurrentRoutes<String> current = new CurrentRoutes<>();
        RouteTable<String> first = table(route("a", "/a"));
        RouteTable<String> second = table(route("b", "/b"));
        assertThat(current.publish(7, "7", second)).isTrue();
        assertThat(current.publish(6, "6", first)).isFalse();
        assertThat(current.publish(7, "7", first)).isFalse();
        assertThat(current.table()).isSameAs(second);
        assertThat(current.snapshot().generation()).isEqualTo(7);
    }
}
