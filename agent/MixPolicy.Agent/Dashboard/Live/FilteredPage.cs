using Microsoft.AspNetCore.Components;
using MixPolicy.Agent.Experiments;
using MixPolicy.V1;

namespace MixPolicy.Agent.Dashboard.Live;

/// <summary>A page whose address says which runs it shows.</summary>
public abstract class FilteredPage : LivePage
{
    private static readonly RunOptions Nothing = new([], [], [], [], [], new Dictionary<string, IReadOnlyList<string>>());

    private string _address = "";

    [SupplyParameterFromQuery(Name = "q")]
    public string? Text { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    public string? State { get; set; }

    [SupplyParameterFromQuery(Name = "agent")]
    public string? AgentId { get; set; }

    [SupplyParameterFromQuery(Name = "policy")]
    public string? Policy { get; set; }

    [SupplyParameterFromQuery(Name = "dataset")]
    public string? Dataset { get; set; }

    [SupplyParameterFromQuery(Name = "network")]
    public string? Network { get; set; }

    /// <summary>key=value</summary>
    [SupplyParameterFromQuery(Name = "label")]
    public string? Label { get; set; }

    [Inject]
    public RunCatalog Catalog { get; set; } = null!;

    [Inject]
    public NavigationManager Navigation { get; set; } = null!;

    protected RunFilter Filter { get; private set; } = new();

    /// <summary>What can be chosen from.</summary>
    protected RunOptions Options { get; private set; } = Nothing;

    /// <summary>The filter as part of an address of the API, which has the same names but for the search.</summary>
    protected IEnumerable<KeyValuePair<string, string?>> FilterParameters =>
        new KeyValuePair<string, string?>[] { new("text", Text), new("state", State), new("agent", AgentId), new("policy", Policy), new("dataset", Dataset), new("network", Network), new("label", Label) }
            .Where(parameter => !string.IsNullOrEmpty(parameter.Value));

    protected override async Task OnParametersSetAsync()
    {
        var address = string.Join('\n', FilterParameters);
        if (address != _address)
        {
            _address = address;
            // The same object as long as it says the same.
            Filter = new()
            {
                Text = Text,
                State = Enum.TryParse<RunState>(State, ignoreCase: true, out var state) ? state : null,
                Agent = AgentId,
                Policy = Policy,
                Dataset = Dataset,
                Network = Network,
                Labels = Label?.Split('=', 2) is [var key, var value] ? new Dictionary<string, string> { [key] = value } : [],
            };
        }

        await LoadAsync(async () => Options = await Catalog.OptionsAsync(Leaving));
    }
}
