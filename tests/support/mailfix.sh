#!/bin/bash
# A real Dovecot (IMAP, LMTP) and a real Exim (SMTP) on loopback, in one directory of their own.
#
#   mailfix.sh start DIR IMAP_PORT SMTP_PORT LMTP_PORT   returns when all three answer
#   mailfix.sh stop DIR                                  stops both, and what they started
#   mailfix.sh cut DIR                                   drops every open IMAP connection
#
# Nothing under /etc or /var is read or written. Accounts (password "secret"): helpdesk@helpdesk.test,
# expert@helpdesk.test, jeanne@ministry.test. Mail to away@ministry.test gets a vacation reply, to any
# other name there a bounce; mail to other domains is kept in DIR/spool/outside.mbox.
set -eu
act=$1 dir=$2

finish() { # the daemon whose pid file is $1, with its children: an orphaned imap process goes on serving
  [ -s "$1" ] || return 0
  local pid children
  pid=$(cat "$1")
  children=$(pgrep -P "$pid" || true)
  # shellcheck disable=SC2086
  kill "$pid" $children 2>/dev/null || true
  for _ in $(seq 60); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.02; done
  # shellcheck disable=SC2086
  kill -KILL "$pid" $children 2>/dev/null || true
}

case $act in
  stop)
    finish "$dir/run/exim.pid"
    finish "$dir/run/dovecot/master.pid"
    exit 0 ;;
  cut)
    pkill -KILL -P "$(cat "$dir/run/dovecot/master.pid")" -x 'imap|imap-login' || true
    exit 0 ;;
esac

imap=$3 smtp=$4 lmtp=$5
mkdir -p "$dir"/{run,log,mail,spool,tls}
if [ "$(id -u)" = 0 ]; then
  # Exim gives up its privilege for a configuration of our own, so it begins without any.
  unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  mail_user=nobody mail_group=nogroup login_user=dovenull inner_user=dovecot inner_group=dovecot
  chown nobody:nogroup "$dir"/{run,log,mail,spool}
  chmod 755 "$dir" "$dir/run"
else
  unprivileged=()
  mail_user=$(id -un) mail_group=$(id -gn)
  login_user=$mail_user inner_user=$mail_user inner_group=$mail_group
fi

# The certificate outlives a restart: a client that trusts it must be able to come back.
if [ ! -s "$dir/tls/cert.pem" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -keyout "$dir/tls/key.pem" -out "$dir/tls/cert.pem" 2>/dev/null
  chmod 644 "$dir/tls/key.pem"
fi

for account in helpdesk@helpdesk.test expert@helpdesk.test jeanne@ministry.test; do
  echo "$account:{PLAIN}secret"
done > "$dir/accounts"
sed 's/@.*/:/' "$dir/accounts" > "$dir/known"

cat > "$dir/dovecot.conf" <<END
base_dir = $dir/run/dovecot
state_dir = $dir/run/state
log_path = $dir/log/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_login_user = $login_user
default_internal_user = $inner_user
default_internal_group = $inner_group
ssl = required
ssl_cert = <$dir/tls/cert.pem
ssl_key = <$dir/tls/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
login_trusted_networks =
mail_location = maildir:~/Maildir
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $dir/accounts
}
userdb {
  driver = static
  args = uid=$mail_user gid=$mail_group home=$dir/mail/%d/%n
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
auth_failure_delay = 0
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
END

cat > "$dir/exim.conf" <<END
exim_user = $mail_user
exim_group = $mail_group
spool_directory = $dir/spool
log_file_path = $dir/log/exim-%slog
pid_file_path = $dir/run/exim.pid
primary_hostname = mx.helpdesk.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = $smtp
domainlist ours = helpdesk.test : ministry.test
tls_advertise_hosts = *
tls_certificate = $dir/tls/cert.pem
tls_privatekey = $dir/tls/key.pem
acl_smtp_rcpt = recipient
host_lookup =
rfc1413_hosts =
smtp_accept_max_per_host = 0
queue_run_in_order
delay_warning =
deliver_drop_privilege = true

begin acl
recipient:
  accept domains = +ours
  accept authenticated = *
  deny message = relay not permitted

begin routers
absent:
  driver = accept
  domains = +ours
  local_parts = away
  transport = vacation
mailbox:
  driver = accept
  domains = +ours
  local_parts = lsearch;$dir/known
  local_part_suffix = +*
  local_part_suffix_optional
  transport = dovecot
outside:
  driver = accept
  domains = ! +ours
  transport = kept

begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  port = $lmtp
  allow_localhost
  hosts_try_fastopen =
vacation:
  driver = autoreply
  from = away@ministry.test
  to = \$sender_address
  subject = "=?utf-8?Q?R=C3=A9ponse_automatique_=3A_absence?="
  text = Je suis absent du bureau.
kept:
  driver = appendfile
  file = $dir/spool/outside.mbox

begin retry
* * F,2m,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_advertise_condition = \${if def:tls_in_cipher}
  server_condition = \${if and{{eq{\$auth2}{helpdesk}}{eq{\$auth3}{secret}}}}
  server_set_id = \$auth2
END

# Inherited pipes would keep the test runner waiting for its end.
dovecot -c "$dir/dovecot.conf" </dev/null >>"$dir/log/start.log" 2>&1
"${unprivileged[@]}" exim4 -C "$dir/exim.conf" -bd -q2s </dev/null >>"$dir/log/start.log" 2>&1

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for _ in $(seq 250); do
  if answers "$imap" && answers "$smtp" && answers "$lmtp" && [ -s "$dir/run/exim.pid" ]; then exit 0; fi
  sleep 0.02
done
echo "the mail servers did not come up" >&2
tail -n 5 "$dir"/log/* >&2
exit 1
