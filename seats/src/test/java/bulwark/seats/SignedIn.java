package bulwark.seats;

import bulwark.kernel.json.StrictJson;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** One browser with its cookies. */
record SignedIn(SeatsUnderTest seats, String userId, String cookies, String csrf) {
    static HttpResponse<String> login(SeatsUnderTest seats, String user, String password, String cookies)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(seats.uri("/v1/auth/login"))
                .header("Content-Type", "application/json")
                .POST(body(Map.of("username", user, "password", password)));
        return seats.send(cookies.isEmpty() ? request : request.header("Cookie", cookies));
    }

    static SignedIn open(SeatsUnderTest seats, String user, String password) throws Exception {
        HttpResponse<String> response = login(seats, user, password, "");
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return of(seats, response);
    }

    static SignedIn of(SeatsUnderTest seats, HttpResponse<String> response) {
        JsonNode body = StrictJson.parse(response.body().getBytes(StandardCharsets.UTF_8));
        return new SignedIn(
                seats,
                body.path("user").path("id").asString(),
                cookies(response),
                body.path("csrfToken").asString());
    }

    static String cookies(HttpResponse<String> response) {
        return response.headers().allValues("Set-Cookie").stream()
                .map(line -> line.substring(0, line.indexOf(';')))
                .collect(Collectors.joining("; "));
    }

    static HttpRequest.BodyPublisher body(Object json) {
        return HttpRequest.BodyPublishers.ofByteArray(StrictJson.write(json));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(seats.uri(path)).header("Cookie", cookies);
    }

    HttpResponse<String> get(String path) throws Exception {
        return seats.send(request(path));
    }

    HttpResponse<String> call(String method, String path, Object json, String... headers) throws Exception {
        HttpRequest.Builder request = request(path)
                .header("X-CSRF-Token", csrf)
                .header("Content-Type", "application/json")
                .method(method, body(json));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return seats.send(request);
    }

    String stepUp(String action, String resource) throws Exception {
        Map<String, String> body = resource.isEmpty()
                ? Map.of("password", SeatsUnderTest.PASSWORD, "action", action)
                : Map.of("password", SeatsUnderTest.PASSWORD, "action", action, "resourceId", resource);
        HttpResponse<String> response = call("POST", "/v1/auth/step-up", body);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return SeatsUnderTest.json(response).path("stepUpToken").asString();
    }
}
