using System.CommandLine;
using MixPolicy.Agent.Configuration;
using MixPolicy.Agent.Security.Tls;

namespace MixPolicy.Agent.Security.Commands;

/// <summary>The <c>certificates</c> command.</summary>
internal sealed class CertificatesCommand : Command
{
    public const string Word = "certificates";

    private const int DefaultDays = 365;
    private const int MostDays = 3650;

    public CertificatesCommand(TextWriter output)
        : base(Word, "Certificates for development.")
    {
        var folder = new Argument<string>("DIR") { Description = "Folder to write to." };
        var hosts = new Option<string[]>("--host")
        {
            Description = "Name or address that the service is reached by, besides localhost; may be repeated.",
            HelpName = "NAME",
            CustomParser = result =>
            {
                foreach (var token in result.Tokens.Where(token => Uri.CheckHostName(token.Value) == UriHostNameType.Unknown))
                {
                    result.AddError($"--host is '{token.Value}'; allowed: a host name or an IP address");
                }

                return [.. result.Tokens.Select(token => token.Value)];
            },
        };
        var days = new Option<int>("--days")
        {
            Description = $"How long they are good (default {DefaultDays}).",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultDays,
            CustomParser = ParsedOptions.Needed("--days", $"1 to {MostDays}", text => int.TryParse(text, out var number) && number is >= 1 and <= MostDays ? number : (int?)null),
        };
        var create = new Command("create", "Make a certificate authority, a certificate for the service and one for its clients.") { folder, hosts, days };
        create.SetAction(parsed =>
        {
            var path = Path.GetFullPath(parsed.GetValue(folder)!);
            if (DevelopmentCertificates.Files.FirstOrDefault(file => File.Exists(Path.Combine(path, file))) is { } there)
            {
                throw new SettingsException($"{Path.Combine(path, there)} is there already: nothing was written. Name another folder, or delete it first.");
            }

            PrivateFiles.CreateFolder(path);
            new DevelopmentCertificates(DateTimeOffset.UtcNow).Write(path, parsed.GetValue(hosts) ?? [], parsed.GetValue(days));
            output.WriteLine(
                $"""
                {path}: {string.Join(", ", DevelopmentCertificates.Files)}
                The service:   --certificate-file {path}/server.pem --certificate-key-file {path}/server.key
                mutual TLS:    --client-authority-file {path}/ca.pem
                Its clients trust ca.pem, and show client.pem with client.key where the TLS is mutual.
                Keep ca.key from everyone: whoever has it can make certificates that the service and its clients trust.
                """);
        });
        Add(create);
    }
}
