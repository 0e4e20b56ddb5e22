package bulwark.gateway.control;

import bulwark.gateway.control.account.ServiceAccountResource;
import bulwark.gateway.control.api.ApiDocumentResource;
import bulwark.gateway.control.api.ApiResource;
import bulwark.gateway.control.api.EnvironmentResource;
import bulwark.gateway.control.application.ApplicationResource;
import bulwark.gateway.control.application.TenantProvisionResource;
import bulwark.gateway.control.audit.PersonalDataResource;
import bulwark.gateway.control.authority.AuthorityResource;
import bulwark.gateway.control.authority.ConsumerCertificateResource;
import bulwark.gateway.control.consumer.ConsumerCredentialResource;
import bulwark.gateway.control.consumer.ConsumerResource;
import bulwark.gateway.control.identity.AdministratorRegister;
import bulwark.gateway.control.instance.GatewayLinkResource;
import bulwark.gateway.control.instance.GatewayResource;
import bulwark.gateway.control.plan.PlanResource;
import bulwark.gateway.control.policy.PolicyResource;
import bulwark.gateway.control.posture.PostureResource;
import bulwark.gateway.control.revocation.RevocationResource;
import bulwark.gateway.control.subscription.SubscriptionResource;
import bulwark.gateway.control.tenant.TenantResource;
import bulwark.gateway.control.tool.ToolPermissionResource;
import bulwark.gateway.control.transfer.TenantTransferResource;
import bulwark.gateway.control.webhook.WebhookResource;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.web.EdgeAuditEvents;
import java.util.List;
import java.util.stream.Stream;

/** Every event in the audit table of a control plane. */
public final class ControlAuditEvents {
    public static final List<AuditEventType> ALL = Stream.of(
                    TenantResource.EVENTS,
                    ApiResource.EVENTS,
                    PlanResource.EVENTS,
                    ConsumerResource.EVENTS,
                    ConsumerCredentialResource.EVENTS,
                    ConsumerCertificateResource.EVENTS,
                    ApplicationResource.EVENTS,
                    TenantProvisionResource.EVENTS,
                    SubscriptionResource.EVENTS,
                    PolicyResource.EVENTS,
                    RevocationResource.EVENTS,
                    ServiceAccountResource.EVENTS,
                    AuthorityResource.EVENTS,
                    EnvironmentResource.EVENTS,
                    ApiDocumentResource.EVENTS,
                    ToolPermissionResource.EVENTS,
                    WebhookResource.EVENTS,
                    PersonalDataResource.EVENTS,
                    PostureResource.EVENTS,
                    TenantTransferResource.EVENTS,
                    GatewayResource.EVENTS,
                    GatewayLinkResource.EVENTS,
                    List.of(
                            AdministratorRegister.ADDED,
                            AdministratorRegister.REMOVED,
                            OwnerCommands.ADVANCED,
                            OwnerCommands.KEY_ANNOUNCED,
                            OwnerCommands.KEY_PROMOTED),
                    EdgeAuditEvents.ALL,
                    List.of(AuditedStore.LOSS_ACCEPTED))
            .flatMap(List::stream)
            .toList();

    private ControlAuditEvents() {}
}
