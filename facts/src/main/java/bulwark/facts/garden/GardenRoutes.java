package bulwark.facts.garden;

import bulwark.facts.Scope;
import bulwark.facts.ScopeLimit;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /v1/gardens}: gardens and their members. */
public final class GardenRoutes {
    private static final Pattern SLUG = Pattern.compile("[a-z0-9][a-z0-9\\-]{0,62}");
    private static final Set<String> ROLES = Set.of("admin", "writer", "reader", "quarantine:moderator");
    private static final String READ = "read";
    private static final String WRITE = "write";
    private static final String GARDEN = "/v1/gardens/{garden}";
    private static final String MEMBERS = GARDEN + "/members";
    private static final String MEMBER = MEMBERS + "/{uri+}";

    private final GardenService gardens;

    public GardenRoutes(GardenService gardens) {
        this.gardens = gardens;
    }

    public List<Route> routes() {
        return List.of(
                Route.permitted("POST", "/v1/gardens", WRITE, "fact_write", this::create),
                Route.permitted("GET", "/v1/gardens", READ, "fact_read", this::list),
                Route.permitted("GET", GARDEN, READ, "fact_read", this::get),
                Route.permitted("DELETE", GARDEN, WRITE, "fact_write", this::delete),
                Route.permitted("GET", MEMBERS, READ, "fact_read", this::members),
                Route.permitted("POST", MEMBERS, WRITE, "fact_write", this::add),
                Route.permitted("PATCH", MEMBER, WRITE, "fact_write", this::change),
                Route.permitted("DELETE", MEMBER, WRITE, "fact_write", this::remove));
    }

    private Response create(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        String slug = body.text("slug", 1, 256).strip().toLowerCase(Locale.ROOT);
        if (!SLUG.matcher(slug).matches()) {
            body.invalid("slug", "slug must match ^[a-z0-9][a-z0-9\\-]{0,62}$");
        }
        String name = body.text("name", 1, 256);
        String scope = body.optionalText("scope").orElse("local");
        if (Scope.of(scope).isEmpty()) {
            body.invalid("scope", "scope must be one of {'company', 'local', 'public', 'team'}");
        }
        String description = body.optionalText("description", 0, 4096).orElse("");
        boolean quarantine = body.flag("quarantine", false);
        body.check();
        Scope.of(scope).ifPresent(named -> ScopeLimit.require(request.principal(), named));
        var wanted = new GardenService.NewGarden(slug, name, scope, description, quarantine);
        return Response.json(201, gardens.create(request.principal(), wanted));
    }

    private Response list(Request request) {
        return Response.json(200, gardens.list(request.principal(), request.memory()));
    }

    private Response get(Request request) {
        return Response.json(200, gardens.get(request.principal(), request.pathParameter("garden"), request.memory()));
    }

    private Response delete(Request request) {
        gardens.delete(request.principal(), request.pathParameter("garden"));
        return Response.noContent();
    }

    private Response members(Request request) {
        return Response.json(
                200, gardens.members(request.principal(), request.pathParameter("garden"), request.memory()));
    }

    private Response add(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        String entityUri = body.name("entity_uri", 1, 2048, false);
        String role = role(body, body.optionalText("role").orElse("reader"));
        body.check();
        return Response.json(201, gardens.add(request.principal(), request.pathParameter("garden"), entityUri, role));
    }

    private Response change(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        String role = role(body, body.text("role"));
        body.check();
        String garden = request.pathParameter("garden");
        return Response.json(200, gardens.change(request.principal(), garden, request.pathParameter("uri"), role));
    }

    private Response remove(Request request) {
        gardens.remove(request.principal(), request.pathParameter("garden"), request.pathParameter("uri"));
        return Response.noContent();
    }

    private static String role(RequestBody body, String role) {
        if (!ROLES.contains(role)) {
            body.invalid("role", "role must be one of {'admin', 'quarantine:moderator', 'reader', 'writer'}");
        }
        return role;
    }
}
