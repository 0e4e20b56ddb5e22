package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.web.Router.Match;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterTest {
    private final Router router = Router.of(List.of(
            route("GET", "/"),
            route("GET", "/facts"),
            route("POST", "/facts"),
            route("GET", "/facts/{id}"),
            route("POST", "/facts/batch"),
            route("GET", "/facts/{id}/proof"),
            route("GET", "/facts/batch/{name}/items/{item}")));

    @Test
    void a_literal_wins_over_a_parameter_for_its_own_methods_only() {
        assertThat(found("POST", "/facts/batch").route().path()).isEqualTo("/facts/batch");
        assertThat(found("GET", "/facts/batch").route().path()).isEqualTo("/facts/{id}");
        assertThat(found("GET", "/facts/batch/proof").parameter("id")).isEqualTo("batch");
        Match.Found deep = found("GET", "/facts/batch/a%2Fb/items/%C3%A9");
        assertThat(deep.parameter("name")).isEqualTo("a/b");
        assertThat(deep.parameter("item")).isEqualTo("é");
    }

    @Test
    void no_path_matches_by_encoding_slashes_or_case() {
        for (String path : List.of("/f%61cts", "/facts/", "//facts", "/facts//proof", "/Facts", "/facts/1/proof/2")) {
            assertThat(router.match("GET", path)).as(path).isEqualTo(Match.Absent.ABSENT);
        }
    }

    @Test
    void a_last_parameter_with_a_plus_takes_the_rest_of_the_path() {
        Router members = Router.of(List.of(
                route("GET", "/g/{garden}"),
                route("PATCH", "/g/{garden}/members/{uri+}"),
                route("GET", "/g/{garden}/members"),
                route("GET", "/g/{garden}/members/all")));
        for (String path :
                List.of("stigmem://node/user/bob", "stigmem%3A%2F%2Fnode%2Fuser%2Fbob", "stigmem:%2F/node/user/bob")) {
            assertThat(((Match.Found) members.match("PATCH", "/g/a/members/" + path)).parameter("uri"))
                    .as(path)
                    .isEqualTo("stigmem://node/user/bob");
        }
        assertThat(members.match("GET", "/g/a/members/all")).isInstanceOf(Match.Found.class);
        assertThat(((Match.Found) members.match("PATCH", "/g/a/members/all")).parameter("uri"))
                .isEqualTo("all");
        assertThat(members.match("PATCH", "/g/a/members/")).isEqualTo(Match.Absent.ABSENT);
        assertThat(members.match("DELETE", "/g/a/members/x/y"))
                .isEqualTo(new Match.WrongMethod(java.util.Set.of("PATCH")));
        assertThat(members.match("PATCH", "/g//members/x")).isEqualTo(Match.Absent.ABSENT);
    }

    @Test
    void a_wrong_method_names_all_that_would_do() {
        assertThat(router.match("DELETE", "/facts")).isEqualTo(new Match.WrongMethod(java.util.Set.of("GET", "POST")));
        assertThat(router.match("DELETE", "/facts/batch"))
                .isEqualTo(new Match.WrongMethod(java.util.Set.of("GET", "POST")));
    }

    @Test
    void a_duplicate_or_malformed_template_stops_the_start() {
        assertThatThrownBy(() -> Router.of(List.of(route("GET", "/a/{x}"), route("GET", "/a/{y}"))))
                .hasMessageContaining("declared twice");
        for (String bad : List.of(
                "a", "/a//b", "/a/", "/{a", "/a{b}", "/{a}/{a}", "/a b", "/a?b", "/{}", "/%41", "/{a+}/b", "/{+}")) {
            assertThatThrownBy(() -> Router.of(List.of(route("GET", bad))))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Router.of(List.of(route("get", "/a")))).isInstanceOf(IllegalArgumentException.class);
    }

    private Match.Found found(String method, String path) {
        return (Match.Found) router.match(method, path);
    }

    private static Route route(String method, String path) {
        return Route.open(method, path, request -> Response.noContent());
    }
}
