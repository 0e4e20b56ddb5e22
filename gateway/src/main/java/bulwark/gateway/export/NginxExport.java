package bulwark.gateway.export;

import bulwark.gateway.export.ExportedRoute.Server;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RoutesRefused;
import java.util.List;
import java.util.Map;

/** Writes {@code nginx.conf} (nginx 1.18 and later, http module with TLS). */
public final class NginxExport {
    /** Dot segments, encoded or not, also before a semicolon; double slashes, encoded slashes, backslashes and NUL bytes: what the gateway refuses. */
    private static final String AMBIGUOUS = "(^[^?]*//)|(^[^?]*/(\\.|%2e){1,2}([/;?]|%3b|$))|(^[^?]*(%00|%5c|\\\\))";

    private final StringBuilder out = new StringBuilder();
    private final ExportOptions options;

    private NginxExport(ExportOptions options) {
        this.options = options;
    }

    /** @throws RoutesRefused for routes that nginx cannot carry out */
    public static String of(List<ApiRoute> routes, ExportOptions options) {
        return new NginxExport(options).write(ExportedRoute.of(routes));
    }

    private String write(List<ExportedRoute> routes) {
        line(0, "# " + SharedRules.NOTICE);
        line(0, "worker_processes auto;");
        line(0, "events { worker_connections 1024; }");
        line(0, "http {");
        line(1, "server_tokens off;");
        line(1, "merge_slashes off;");
        line(1, "client_max_body_size 10m;");
        line(1, "large_client_header_buffers 4 8k;");
        line(1, "client_header_timeout 10s;");
        line(1, "keepalive_timeout 60s;");
        routes.forEach(this::upstream);
        if (options.certificate() == null) {
            line(1, "server {");
            line(2, "listen 127.0.0.1:" + options.plainPort() + ";");
        } else {
            redirect();
            line(1, "server {");
            line(2, "listen " + options.tlsPort() + " ssl;");
            line(2, "ssl_certificate " + quoted(options.certificate()) + ";");
            line(2, "ssl_certificate_key " + quoted(String.valueOf(options.key())) + ";");
            line(2, "ssl_protocols TLSv1.2 TLSv1.3;");
            line(2, "ssl_session_tickets off;");
        }
        headers(2);
        line(2, "if ($request_uri ~* " + quoted(AMBIGUOUS) + ") { return 400; }");
        line(2, "location = /health { default_type text/plain; " + headerText() + "return 200 \"OK\"; }");
        routes.forEach(this::locations);
        if (routes.stream().noneMatch(route -> route.prefix().isEmpty())) {
            line(
                    2,
                    "location / { default_type text/plain; " + headerText()
                            + "return 404 \"No matching API route\"; }");
        }
        line(1, "}");
        line(0, "}");
        return out.toString();
    }

    private void redirect() {
        line(1, "server {");
        line(2, "listen " + options.plainPort() + ";");
        headers(2);
        line(2, "location = /health { default_type text/plain; " + headerText() + "return 200 \"OK\"; }");
        line(2, "location / { return 308 https://$host:" + options.tlsPort() + "$request_uri; }");
        line(1, "}");
    }

    private void upstream(ExportedRoute route) {
        line(1, "upstream stoa_" + route.number() + " { # " + route.title());
        switch (route.route().loadBalancer()) {
            case LEAST_CONN -> line(2, "least_conn;");
            case RANDOM -> line(2, "random;");
            case ROUND_ROBIN, WEIGHTED -> {}
        }
        for (Server server : route.servers()) {
            line(2, "server " + server.host() + ":" + server.port() + " weight=" + server.weight() + ";");
        }
        line(2, "keepalive 64;");
        line(1, "}");
    }

    private void locations(ExportedRoute route) {
        line(2, "# " + route.title());
        if (!route.prefix().isEmpty()) {
            location(route, "= " + route.prefix(), route.basePath().isEmpty() ? "/" : route.basePath());
        }
        location(route, "^~ " + route.prefix() + "/", route.basePath() + "/");
        if (!route.methods().isEmpty()) {
            line(2, "location @methods_" + route.number() + " {");
            line(3, "default_type text/plain;");
            headers(3);
            line(3, "add_header Allow " + quoted(String.join(", ", route.methods())) + " always;");
            line(3, "return 405 \"Method not allowed for this API\";");
            line(2, "}");
        }
    }

    private void location(ExportedRoute route, String match, String target) {
        line(2, "location " + match + " {");
        headers(3);
        if (!route.route().activated()) {
            line(3, "default_type text/plain;");
            line(3, "return 503 \"API not activated\";");
            line(2, "}");
            return;
        }
        if (!route.route().allowEncodedSlash()) {
            line(3, "if ($request_uri ~* \"^[^?]*%2f\") { return 400; }");
        }
        if (!route.methods().isEmpty()) {
            line(3, "error_page 405 @methods_" + route.number() + ";");
            line(3, "if ($request_method !~ \"^(" + String.join("|", route.methods()) + ")$\") { return 405; }");
        }
        proxy(route, target);
        line(2, "}");
    }

    private void proxy(ExportedRoute route, String target) {
        line(3, "proxy_pass " + (route.tls() ? "https" : "http") + "://stoa_" + route.number() + target + ";");
        line(3, "proxy_http_version 1.1;");
        Server first = route.servers().get(0);
        boolean usualPort = first.port() == (route.tls() ? 443 : 80);
        line(3, "proxy_set_header Host " + first.host() + (usualPort ? "" : ":" + first.port()) + ";");
        line(3, "proxy_set_header Connection \"\";");
        line(3, "proxy_set_header X-Forwarded-For $remote_addr;");
        line(3, "proxy_set_header X-Forwarded-Proto $scheme;");
        line(3, "proxy_set_header X-Forwarded-Host $host;");
        SharedRules.RESERVED.forEach(name -> line(3, "proxy_set_header " + name + " \"\";"));
        if (!route.route().forwardAuthorization()) {
            line(3, "proxy_set_header Authorization \"\";");
            line(3, "proxy_set_header X-API-Key \"\";");
        }
        SharedRules.HIDDEN.forEach(name -> line(3, "proxy_hide_header " + name + ";"));
        SharedRules.HEADERS.keySet().forEach(name -> line(3, "proxy_hide_header " + name + ";"));
        line(3, "proxy_hide_header Strict-Transport-Security;");
        line(3, "proxy_connect_timeout " + route.connectSeconds() + "s;");
        line(3, "proxy_read_timeout " + route.waitSeconds() + "s;");
        line(3, "proxy_redirect off;");
        line(3, "proxy_request_buffering off;");
        line(3, "proxy_buffering off;");
        if (route.tls()) {
            line(3, "proxy_ssl_server_name on;");
            line(3, "proxy_ssl_name " + first.host() + ";");
            line(3, "proxy_ssl_verify on;");
            line(3, "proxy_ssl_verify_depth 4;");
            line(3, "proxy_ssl_protocols TLSv1.2 TLSv1.3;");
            line(3, "proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;");
        }
    }

    /** In each place that adds a header of its own, since nginx then inherits none. */
    private void headers(int depth) {
        headerText()
                .lines()
                .flatMap(text -> List.of(text.split("(?<=;) ")).stream())
                .forEach(text -> line(depth, text.strip()));
    }

    private String headerText() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> header : SharedRules.HEADERS.entrySet()) {
            text.append("add_header ")
                    .append(header.getKey())
                    .append(' ')
                    .append(quoted(header.getValue()))
                    .append(" always; ");
        }
        if (options.certificate() != null) {
            text.append("add_header Strict-Transport-Security ")
                    .append(quoted(SharedRules.HSTS))
                    .append(" always; ");
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void line(int depth, String text) {
        out.append("    ".repeat(depth)).append(text).append('\n');
    }
}
