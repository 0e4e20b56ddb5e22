package bulwark.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RoutesRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteFilesTest {
    @TempDir
    private Path folder;

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    void one_file_holds_one_route_or_many() throws IOException {
        write("a.yaml", "id: a\npath_prefix: /a\nbackend_url: https://a.example.com\ntimeouts: {connect: 2s}\n");
        write("b.yml", "routes:\n  - {id: b, path_prefix: /b, backend_url: 'https://b.example.com', methods: [GET]}\n");
        write("c.json", "[{\"id\":\"c\",\"path_prefix\":\"/c\",\"backend_url\":\"https://c.example.com\"}]");
        write("empty.yaml", "# nothing yet\n");
        write("notes.txt", "no: [yaml");
        write(".hidden.yaml", "no: [yaml");
        assertThat(RouteFiles.read(folder).routes()).extracting(ApiRoute::id).containsExactly("a", "b", "c");
    }

    @Test
    void every_fault_of_every_file_is_told_by_file_and_field() throws IOException {
        write("a.yaml", "id: a\npath_prefix: a\nbackend_url: ftp://a.example.com\n");
        write(
                "b.yaml",
                "routes:\n  - {id: b, path_prefix: /b, backend_url: 'https://b.example.com', colour: red}\nmore: 1\n");
        write("c.yaml", "id: [\n");
        write("d.yaml", "id: d\nid: e\n");
        write("e.yaml", "routes: [{id: x, path_prefix: /x, backend_url: '', colour: red}]");
        write("f.yaml", "id: !!javax.script.ScriptEngineManager []\n");
        assertThatThrownBy(() -> RouteFiles.read(folder))
                .isInstanceOfSatisfying(
                        RoutesRefused.class,
                        refused -> assertThat(refused.sentences())
                                .anySatisfy(s -> assertThat(s).isEqualTo("a.yaml: path_prefix must start with '/'"))
                                .anySatisfy(s -> assertThat(s).startsWith("a.yaml: backend_url cannot be used"))
                                .anySatisfy(s -> assertThat(s).startsWith("b.yaml: must hold one route"))
                                .anySatisfy(s -> assertThat(s).startsWith("c.yaml: not well-formed YAML"))
                                .anySatisfy(s -> assertThat(s).startsWith("d.yaml: "))
                                .anySatisfy(
                                        s -> assertThat(s).isEqualTo("e.yaml: routes[0].backend_url must not be empty"))
                                .anySatisfy(
                                        s -> assertThat(s).startsWith("e.yaml: routes[0].colour is not a known field"))
                                .anySatisfy(s -> assertThat(s).startsWith("f.yaml: ")));
    }

    @Test
    void routes_of_two_files_that_cannot_stand_together_are_refused() throws IOException {
        write("a.yaml", "id: a\npath_prefix: /a\nbackend_url: https://a.example.com\n");
        write("b.yaml", "id: b\npath_prefix: /a\nbackend_url: https://b.example.com\n");
        assertThatThrownBy(() -> RouteFiles.read(folder)).hasMessageContaining("The routes a and b");
    }

    @Test
    void what_is_written_reads_as_the_same_routes() throws IOException {
        write(
                "a.yaml",
                "id: a\npath_prefix: /caf\u00e9\nbackend_url: https://a.example.com/x\nmethods: [GET]\nevidence: best-effort\n");
        GatewayDocument routes = RouteFiles.read(folder);
        Path other = folder.resolve("other");
        RouteFiles.write(other, routes);
        assertThat(RouteFiles.read(other)).isEqualTo(routes);
        assertThatThrownBy(() -> RouteFiles.write(other, routes)).hasMessageContaining("holds files of routes already");
    }

    @Test
    void policies_stand_beside_routes() throws IOException {
        write("a.yaml", "id: a\npath_prefix: /a\nbackend_url: https://a.example.com\n");
        write("limit.yaml", "id: limit\npolicy_type: rate_limit\napi_id: a\nconfig: {limit: 5}\n");
        write(
                "all.yaml",
                "routes: [{id: b, path_prefix: /b, backend_url: 'https://b.example.com'}]\n"
                        + "policies: [{id: pages, policy_type: cors, config: {allowed_origins: ['https://app.example.com']}}]\n");
        GatewayDocument read = RouteFiles.read(folder);
        assertThat(read.count()).isEqualTo("2 routes and 2 policies");
        Path other = folder.resolve("other");
        RouteFiles.write(other, read);
        assertThat(other.resolve("policies/limit.yaml")).exists();
        assertThat(RouteDifference.between(read, RouteFiles.read(other)).isEmpty())
                .isTrue();
        write("limit.yaml", "id: limit\npolicy_type: rate_limit\napi_id: a\nconfig: {limit: 6}\n");
        assertThat(RouteDifference.between(read, RouteFiles.read(folder))
                        .lines()
                        .getFirst())
                .isEqualTo("~ policy limit");
    }

    @Test
    void a_policy_for_an_api_that_is_not_there_is_refused() throws IOException {
        write("limit.yaml", "id: limit\npolicy_type: rate_limit\napi_id: a\nconfig: {limit: 5}\n");
        assertThatThrownBy(() -> RouteFiles.read(folder))
                .isInstanceOf(RoutesRefused.class)
                .hasMessageContaining("The policy limit, api_id: there is no API a");
    }

    @Test
    void a_folder_that_is_not_there_is_no_empty_folder() {
        assertThatThrownBy(() -> RouteFiles.read(folder.resolve("none"))).hasMessageContaining("does not exist");
    }

    @Test
    void a_difference_names_each_field() throws IOException {
        write("a.yaml", "id: a\npath_prefix: /a\nbackend_url: https://a.example.com\n");
        GatewayDocument now = RouteFiles.read(folder);
        write("a.yaml", "id: a\npath_prefix: /a\nbackend_url: https://a.example.com\nmethods: [GET]\n");
        write("b.yaml", "id: b\npath_prefix: /b\nbackend_url: https://b.example.com\n");
        GatewayDocument wanted = RouteFiles.read(folder);
        assertThat(RouteDifference.between(now, wanted).lines())
                .containsExactly("+ b", "~ a", "    methods: [] -> [\"GET\"]");
        assertThat(RouteDifference.between(wanted, now).lines()).contains("- b");
        assertThat(RouteDifference.between(wanted, wanted).isEmpty()).isTrue();
    }
}
