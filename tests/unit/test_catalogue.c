/* The embedded catalogue: ranks, anchoring, tenants, shared hosts. */
#include <netinet/in.h>

#include "know/catalogue.h"
#include "tap.h"

static struct catalogue *c;

static const char *service_of(const char *host)
{
	const struct rule *r = catalogue_host(c, slice_str(host));

	return r != NULL ? r->service->id : "-";
}

static const struct rule *rule_of(const char *host)
{
	return catalogue_host(c, slice_str(host));
}

static bool names(const char *host, const char *service)
{
	return strcmp(service_of(host), service) == 0;
}

static bool tenant_is(const char *host, const char *tenant)
{
	struct slice h = slice_str(host);

	return slice_is(catalogue_tenant(c, catalogue_host(c, h), h), tenant);
}

static bool listens(const char *server, uint8_t proto, uint16_t port,
    const char *service, enum role role)
{
	const struct rule *r;
	struct addr a;

	if (!addr_parse(&a, server))
		return false;
	r = catalogue_addr(c, &a, proto, port);
	return r == NULL ? strcmp(service, "-") == 0 :
	    strcmp(r->service->id, service) == 0 && r->role == role;
}

/* What has no name on the wire: published networks, with their ports. */
static void test_networks(void)
{
	ok(listens("157.240.20.53", IPPROTO_TCP, 5222, "whatsapp",
	    ROLE_CONTROL), "WhatsApp's chat in Meta's network");
	ok(listens("157.240.20.53", IPPROTO_UDP, 3478, "whatsapp",
	    ROLE_CALL), "and the relays of its calls");
	ok(listens("157.240.20.35", IPPROTO_TCP, 443, "-", ROLE_CONTROL),
	    "443 there may be anything of Meta's");
	ok(listens("157.240.20.53", IPPROTO_TCP, 443, "whatsapp",
	    ROLE_MIXED_HOST), "but for servers on the vendor's own list");
	ok(rule_of("signal.org")->role == ROLE_CALL &&
	    rule_of("www.signal.org")->role == ROLE_STATIC,
	    "signal.org is the realm of Signal's relays, not a site");
}

/* One domain, several products: the narrower name decides. */
static void test_portals(void)
{
	ok(names("ui.ptlogin2.qq.com", "qq") && names("x.qq.com", "qq"),
	    "QQ's account, and what else is under its domain");
	ok(names("short.weixin.qq.com", "wechat") &&
	    names("news.qq.com", "tencent") && names("v.qq.com", "tencent") &&
	    names("mail.qq.com", "qq-mail"),
	    "but not WeChat, news, films or mail");
	ok(names("thirdwx.qlogo.cn", "wechat") && names("q1.qlogo.cn", "qq"),
	    "pictures of accounts of one and of the other");
	ok(names("updates.cdn-apple.com", "apple-cdn") &&
	    names("cvws.icloud-content.com", "icloud"),
	    "Apple's updates are no files in iCloud");
	ok(names("teams.events.data.microsoft.com", "microsoft-telemetry") &&
	    names("eu-teams.events.data.microsoft.com",
	    "microsoft-telemetry"), "nor what Teams reports, Teams");
	ok(names("meet.google.com", "google-meet") &&
	    names("chat.google.com", "google-chat"), "nor calls, chat");
}

static void test_anchors(void)
{
	ok(names("github.com", "github"), "github.com");
	ok(names("evil-github.com", "-"), "evil-github.com is nobody");
	ok(names("github.com.evil.com", "-"), "nor is github.com.evil.com");
	ok(names("mail.google.evil.com", "-"), "nor mail.google.evil.com");
	ok(names("FILES.Slack.COM.", "slack"), "case and a trailing dot");
	ok(names("files.slack.com..", "-") && names("", "-") &&
	    names(".", "-") && names("files..slack.com", "-"),
	    "what is no host name matches nothing");
	ok(names("52.114.250.152", "-"), "an address is no host name");
	ok(names("p\xc3\xa4ypal.com", "-"), "nor are raw bytes");
}

static void test_ranks(void)
{
	const struct rule *r = rule_of("files.slack.com");

	ok(r != NULL && r->role == ROLE_FILE_HOST && r->files == FILES_YES &&
	    r->rank == 1015, "an exact host outranks its suffix");
	r = rule_of("acme.slack.com");
	ok(r != NULL && r->role == ROLE_CONTROL && r->rank < 1000,
	    "another name of the same domain");
	ok(names("discord-attachments-uploads-prd.storage.googleapis.com",
	    "discord"), "a tenant's bucket beats the store");
	ok(names("impala-media-production.s3.amazonaws.com", "snapchat"),
	    "in S3 as well");
	ok(names("github-cloud.s3.amazonaws.com", "github"), "GitHub LFS");
}

static void test_tenants(void)
{
	const struct rule *r;

	ok(names("acme-my.sharepoint.com", "onedrive-business") &&
	    tenant_is("acme-my.sharepoint.com", "acme"),
	    "OneDrive for Business: the tenant");
	ok(names("Acme.sharepoint.com", "sharepoint") &&
	    tenant_is("acme.sharepoint.com", "acme"), "SharePoint");
	ok(tenant_is("acme.slack.com", "acme"), "a Slack workspace");
	ok(tenant_is("files.slack.com", ""), "no tenant in a common host");
	ok(names("my.bucket.s3.eu-west-1.amazonaws.com", "amazon-s3") &&
	    tenant_is("my.bucket.s3.eu-west-1.amazonaws.com", "my.bucket"),
	    "a bucket with dots");
	ok(names("s3-eu-west-1.amazonaws.com", "amazon-s3") &&
	    tenant_is("s3-eu-west-1.amazonaws.com", ""),
	    "path style hides it");
	r = rule_of("my.microsoftpersonalcontent.com");
	ok(r != NULL && r->tenancy == TENANCY_PERSONAL,
	    "personal OneDrive is personal");
	r = rule_of("drive.google.com");
	ok(r != NULL && r->tenancy == TENANCY_UNKNOWN,
	    "Google does not tell");
}

static void test_load(void)
{
	struct conf_errors e = { 0 };

	c = catalogue_load(NULL, &e);
	ok(c != NULL, "the embedded catalogue loads");
	if (c == NULL)
		errx(1, "%s", e.text);
	ok(catalogue_services(c) > 150 && catalogue_rules(c) > 400,
	    "%zu services, %zu rules", catalogue_services(c),
	    catalogue_rules(c));
}

int main(void)
{
	test_load();
	test_networks();
	test_portals();
	test_anchors();
	test_ranks();
	test_tenants();
	catalogue_free(c);
	return tap_done();
}
