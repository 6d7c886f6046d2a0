using System.Diagnostics;
using System.Net.Sockets;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest.Connectors;

/// <summary>Dovecot, the mail server, with a folder of its own; it has to be started by root.</summary>
public sealed class DovecotFixture : IAsyncLifetime
{
    public const string Password = "right-pass";

    private const string Program = "/usr/sbin/dovecot";
    private const int MaxUsers = 100;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-imap-");
    private readonly Queue<string> _free = new(Enumerable.Range(1, MaxUsers).Select(number => $"user{number}"));
    private readonly List<string> _users = [];
    private Process? _server;

    public int Port { get; } = Ports.Free();

    private string Configuration => Path.Combine(_folder.FullName, "dovecot.conf");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program) || !Environment.IsPrivilegedProcess)
        {
            return;
        }

        await File.WriteAllTextAsync(Configuration, Settings());
        // All at once: the server looks once a second whether the list has changed.
        _users.AddRange(_free);
        await WriteUsersAsync();
        await RunAsync("/bin/chown", "-R", "dovecot:dovecot", _folder.FullName);
        await RunAsync("/bin/chmod", "755", _folder.FullName);
        _server = Process.Start(new ProcessStartInfo(Program, ["-F", "-c", Configuration]))!;
        await Eventually.TrueAsync(AnswersAsync, TestContext.Current.CancellationToken);
    }

    /// <summary>Somebody whose mailbox is empty.</summary>
    public string NextUser()
    {
        Missing.Unless(_server is not null, "Install dovecot-imapd, and run the tests as root, to test mailboxes.");
        return _free.Dequeue();
    }

    /// <summary>Lets somebody in no longer, and ends what they are at.</summary>
    public async Task RemoveUserAsync(string user)
    {
        _users.Remove(user);
        await WriteUsersAsync();
        await RunAsync("/usr/bin/doveadm", "-c", Configuration, "kick", user);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await RunAsync("/usr/bin/doveadm", "-c", Configuration, "stop");
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private string Settings() =>
        $$"""
        protocols = imap
        listen = 127.0.0.1
        base_dir = {{_folder.FullName}}/run
        log_path = {{_folder.FullName}}/log
        ssl = no
        disable_plaintext_auth = no
        auth_mechanisms = plain
        auth_failure_delay = 0
        mail_location = maildir:{{_folder.FullName}}/home/%u
        first_valid_uid = 1
        mail_max_userip_connections = 100
        passdb {
          driver = passwd-file
          args = scheme=PLAIN {{_folder.FullName}}/users
        }
        userdb {
          driver = static
          args = uid=dovecot gid=dovecot home={{_folder.FullName}}/home/%u
        }
        mail_fsync = never
        service anvil {
          unix_listener anvil-auth-penalty {
            mode = 0
          }
        }
        service imap-login {
          chroot =
          inet_listener imap {
            port = {{Port}}
          }
          inet_listener imaps {
            port = 0
          }
        }
        """;

    private Task WriteUsersAsync() => File.WriteAllLinesAsync(
        Path.Combine(_folder.FullName, "users"), _users.Select(user => $"{user}:{Password}"));

    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
    }
}
