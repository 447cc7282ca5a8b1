using System.CommandLine;

namespace MixPolicy.Cli.Commands;

/// <summary><c>completion bash|zsh|fish</c>: what to put into a shell's start file. The shell asks the program itself, by System.CommandLine's suggest directive.</summary>
internal sealed class CompletionCommand : Command
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _mixpolicy() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(mixpolicy "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _mixpolicy mixpolicy
            """,
        ["zsh"] = """
            _mixpolicy() {
              local words_given="$BUFFER"
              compadd -- ${(f)"$(mixpolicy "[suggest:${CURSOR}]" "${words_given}" 2>/dev/null)"}
            }
            compdef _mixpolicy mixpolicy
            """,
        ["fish"] = """
            complete -c mixpolicy -f -a '(mixpolicy "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
            """,
    };

    public CompletionCommand(TextWriter output)
        : base("completion", "Print what makes a shell complete this program's commands: source <(mixpolicy completion bash).")
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Add(shell);
        SetAction(parsed => output.WriteLine(Scripts[parsed.GetValue(shell)!]));
    }
}
