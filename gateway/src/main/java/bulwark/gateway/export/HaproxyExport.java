package bulwark.gateway.export;

import bulwark.gateway.export.ExportedRoute.Server;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RoutesRefused;
import java.util.List;

/** Writes {@code haproxy.cfg} (HAProxy 2.4 and later with OpenSSL). */
public final class HaproxyExport {
    private final StringBuilder out = new StringBuilder();
    private final ExportOptions options;

    private HaproxyExport(ExportOptions options) {
        this.options = options;
    }

    /** @throws RoutesRefused for routes that HAProxy cannot carry out */
    public static String of(List<ApiRoute> routes, ExportOptions options) {
        return new HaproxyExport(options).write(ExportedRoute.of(routes));
    }

    private String write(List<ExportedRoute> routes) {
        line("# " + SharedRules.NOTICE);
        line("global");
        line("    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets");
        line("    ssl-default-server-options ssl-min-ver TLSv1.2");
        line("");
        line("defaults");
        line("    mode http");
        line("    http-reuse safe");
        line("    timeout http-request 10s");
        line("    timeout http-keep-alive 60s");
        line("    timeout client 60s");
        line("    timeout connect 5s");
        line("    timeout server 60s");
        line("");
        frontend(routes);
        for (ExportedRoute route : routes) {
            backend(route);
        }
        line("");
        line("backend stoa_none");
        answer(404, "No matching API route", "");
        return out.toString();
    }

    private void frontend(List<ExportedRoute> routes) {
        line("frontend stoa");
        if (options.certificate() == null) {
            line("    bind 127.0.0.1:" + options.plainPort());
        } else {
            line("    bind :" + options.plainPort());
            line("    bind :" + options.tlsPort() + " ssl crt " + quoted(options.certificate()) + " alpn h2,http/1.1");
        }
        SharedRules.HEADERS.forEach(
                (name, value) -> line("    http-after-response set-header " + name + " " + quoted(value)));
        SharedRules.HIDDEN.forEach(name -> line("    http-after-response del-header " + name));
        line("    http-after-response del-header Strict-Transport-Security");
        line("    http-after-response set-header Strict-Transport-Security " + quoted(SharedRules.HSTS)
                + " if { ssl_fc }");
        line("    http-request return status 200 content-type text/plain string OK if { path /health }");
        if (options.certificate() != null) {
            line("    http-request redirect scheme https code 308 if !{ ssl_fc }");
        }
        line("    http-request deny deny_status 400 if { path,lower -m reg (/|%2f)(\\.|%2e){1,2}([/;]|%2f|%3b|$) }");
        line("    http-request deny deny_status 400 if { path,lower -m sub // %00 %5c \\\\ }");
        line("    http-request set-header X-Forwarded-For %[src]");
        line("    http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]");
        line("    http-request set-header X-Forwarded-Host %[req.hdr(host)]");
        SharedRules.RESERVED.forEach(name -> line("    http-request del-header " + name));
        for (ExportedRoute route : routes) {
            String prefix = route.prefix();
            String condition = prefix.isEmpty() ? "" : " if { path " + prefix + " } || { path_beg " + prefix + "/ }";
            line("    use_backend stoa_" + route.number() + condition);
        }
        line("    default_backend stoa_none");
    }

    private void backend(ExportedRoute route) {
        line("");
        line("# " + route.title());
        line("backend stoa_" + route.number());
        if (!route.route().activated()) {
            answer(503, "API not activated", "");
            return;
        }
        if (!route.route().allowEncodedSlash()) {
            line("    http-request deny deny_status 400 if { path,lower -m sub %2f }");
        }
        if (!route.methods().isEmpty()) {
            line("    http-request return status 405 content-type text/plain string "
                    + quoted("Method not allowed for this API") + " hdr Allow "
                    + quoted(String.join(", ", route.methods())) + " if !{ method " + String.join(" ", route.methods())
                    + " }");
        }
        path(route);
        if (!route.route().forwardAuthorization()) {
            line("    http-request del-header Authorization");
            line("    http-request del-header X-API-Key");
        }
        line("    balance "
                + switch (route.route().loadBalancer()) {
                    case ROUND_ROBIN, WEIGHTED -> "roundrobin";
                    case LEAST_CONN -> "leastconn";
                    case RANDOM -> "random";
                });
        line("    timeout connect " + route.connectSeconds() + "s");
        line("    timeout server " + route.waitSeconds() + "s");
        servers(route);
    }

    private void path(ExportedRoute route) {
        String base = route.basePath();
        String prefix = route.prefix();
        if (prefix.isEmpty()) {
            if (!base.isEmpty()) {
                line("    http-request set-path " + escaped(base) + "%[path]");
            }
            return;
        }
        line("    http-request set-var(txn.stoa_rest) path,bytes(" + prefix.length() + ")");
        String rest = escaped(base) + "%[var(txn.stoa_rest)]";
        if (base.isEmpty()) {
            line("    http-request set-path / if { path " + prefix + " }");
            line("    http-request set-path " + rest + " if { path_beg " + prefix + "/ }");
        } else {
            line("    http-request set-path " + rest);
        }
    }

    /** A percent sign begins an expression of HAProxy's. */
    private static String escaped(String text) {
        return text.replace("%", "%%");
    }

    private void servers(ExportedRoute route) {
        Server first = route.servers().get(0);
        boolean usualPort = first.port() == (route.tls() ? 443 : 80);
        line("    http-request set-header Host " + first.host() + (usualPort ? "" : ":" + first.port()));
        boolean checked =
                route.servers().stream().anyMatch(server -> !server.healthPath().isEmpty());
        if (checked) {
            String health = route.servers().stream()
                    .map(Server::healthPath)
                    .filter(path -> !path.isEmpty())
                    .findFirst()
                    .orElseThrow();
            line("    option httpchk GET " + health);
        }
        int index = 0;
        for (Server server : route.servers()) {
            StringBuilder text =
                    new StringBuilder("    server s" + index++ + " " + server.host() + ":" + server.port());
            text.append(" weight ").append(Math.min(256, server.weight())).append(" init-addr last,libc,none");
            if (!server.healthPath().isEmpty()) {
                text.append(" check");
            }
            if (route.tls()) {
                text.append(" ssl verify required ca-file /etc/ssl/certs/ca-certificates.crt verifyhost ")
                        .append(server.host());
                if (server.named()) {
                    text.append(" sni str(").append(server.host()).append(")");
                }
            }
            line(text.toString());
        }
    }

    private void answer(int status, String text, String more) {
        line("    http-request return status " + status + " content-type text/plain string " + quoted(text) + more);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$") + '"';
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
