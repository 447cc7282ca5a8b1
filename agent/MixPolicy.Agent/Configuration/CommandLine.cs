using System.ComponentModel.DataAnnotations;
using System.Text;

namespace MixPolicy.Agent.Configuration;

/// <summary>From arguments, environment and appsettings.json to valid options. Later sources win, in that order from the right.</summary>
public static class CommandLine
{
    /// <summary>appsettings.json beside the program and in the working folder, and the environment.</summary>
    public static IConfigurationBuilder Sources() => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables();

    public static bool AsksForHelp(string[] args) => args.Any(arg => arg is "--help" or "-h" or "-?");

    /// <exception cref="SettingsException">A switch is unknown or a value not allowed.</exception>
    public static AgentOptions Read(string[] args, IConfigurationBuilder sources)
    {
        sources.AddCommandLine(Checked(args), Setting.All.ToDictionary(setting => setting.Switch, setting => setting.Key));
        var options = Configured(sources);
        // A variable that is set to nothing, as in a compose file, is not set.
        options = options with
        {
            TrainerKeyFile = OrNull(options.TrainerKeyFile),
            AllowedHosts = OrNull(options.AllowedHosts),
            CertificateFile = OrNull(options.CertificateFile),
            CertificateKeyFile = OrNull(options.CertificateKeyFile),
            ClientAuthorityFile = OrNull(options.ClientAuthorityFile),
        };
        Validate(options);
        return options;
    }

    /// <summary>What the sources say, which need not go together.</summary>
    /// <exception cref="SettingsException">A value has not the form of its setting.</exception>
    internal static AgentOptions Configured(IConfigurationBuilder sources)
    {
        try
        {
            return sources.Build().GetSection(AgentOptions.Section).Get<AgentOptions>() ?? new();
        }
        catch (InvalidOperationException e)
        {
            // It names key and value.
            var setting = Setting.All.FirstOrDefault(setting => e.Message.Contains($"'{setting.Key}'", StringComparison.Ordinal));
            throw new SettingsException(setting?.Range is { } range ? $"{e.Message} Allowed: {range}." : e.Message, e);
        }
    }

    /// <exception cref="SettingsException">A value is not allowed.</exception>
    public static void Validate(AgentOptions options)
    {
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new(options), results, validateAllProperties: true))
        {
            throw new SettingsException(string.Join(Environment.NewLine, results.Select(result => Describe(options, result))));
        }

        if (!System.Net.IPAddress.TryParse(options.Address, out _))
        {
            throw new SettingsException($"{AgentOptions.Section}:{nameof(options.Address)} is '{options.Address}'; allowed: an IP address");
        }

        SecurityRules.Check(options);
    }

    public static string Help()
    {
        var help = new StringBuilder();
        help.AppendLine("MixPolicy agent service: decides the mixup policy of classifiers that train, over gRPC (mixpolicy.v1).");
        help.AppendLine();
        help.AppendLine("Settings, each as a command-line option, an environment variable, or a key of appsettings.json (in the working folder, or beside the");
        help.AppendLine("program); the first of these that names it wins:");
        foreach (var setting in Setting.All)
        {
            help.AppendLine();
            help.AppendLine($"  {setting.Switch} VALUE    {setting.EnvironmentVariable}    {setting.Key}");
            help.AppendLine($"      {setting.Description}");
            help.AppendLine($"      Default: {setting.Default}{(setting.Range is { } range ? $"; allowed: {range}" : "")}");
        }

        help.AppendLine();
        help.AppendLine("  DOTNET_ENVIRONMENT=Development turns on gRPC server reflection.");
        help.AppendLine("  MIXPOLICY_LIBTORCH=FOLDER uses the libtorch of that folder, or of a PyTorch installation.");
        help.AppendLine("  healthcheck    As the first argument, with the settings of a running service: ask it, print one line, end with 0 if it is ready, else with 1.");
        help.AppendLine("  keys create|list|revoke    As the first arguments: the keys that callers need with --authentication Keys; keys --help tells more.");
        help.AppendLine("  certificates create DIR    As the first arguments: make certificates for development.");
        help.AppendLine("  --help    Print this and end.");
        return help.ToString();
    }

    private static string? OrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string Describe(AgentOptions options, ValidationResult result)
    {
        var setting = Setting.All.First(setting => result.MemberNames.Contains(setting.Property.Name));
        return $"{setting.Key} is '{setting.Property.GetValue(options)}'; allowed: {setting.Range ?? "see --help"}";
    }

    private static string[] Checked(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=')[0];
            if (Setting.All.All(setting => setting.Switch != name))
            {
                throw new SettingsException($"unknown option '{args[i]}'; --help lists all");
            }

            if (name == args[i] && ++i == args.Length)
            {
                throw new SettingsException($"{name} needs a value");
            }
        }

        return args;
    }
}
