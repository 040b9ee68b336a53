using System.CommandLine;
using Agents.Cli.CommandLine;
using Agents.Cli.Output;
using Agents.Cli.Sessions;
using Agents.Reasoning;
using Agents.Runtime.Reasoning;
using Microsoft.Extensions.AI;

namespace Agents.Cli.Commands;

/// <summary><c>agents chat</c>: a conversation in the terminal. Lines come from standard input, so a script can hold it, too.</summary>
internal sealed class ChatCommand : AgentsCommand
{
    private const string Help = "/strategy ID  answer with another strategy    /trace  how the last answer came about    /reset  forget the conversation    /exit  end";
    private readonly Option<string> _strategy = new("--strategy", "-s") { Description = "Id of the strategy to begin with.", HelpName = "ID", DefaultValueFactory = static _ => "direct" };
    private readonly RequestOptions _request = new();

    public ChatCommand()
        : base("chat", "Holds a conversation in the terminal. Commands: /strategy, /trace, /reset, /help, /exit.")
    {
        Options.Add(_strategy);
        Options.Add(SharedOptions.Model);
        _request.AddTo(this);
        Options.Add(SharedOptions.Retries);
        Options.Add(SharedOptions.Adapter);
        Options.Add(SharedOptions.Record);
        Options.Add(SharedOptions.Plugins);
        Options.Add(SharedOptions.Prompts);
        Examples =
        [
            new("agents chat", "talk to the embedded model"),
            new("agents chat --strategy self-consistency --samples 5 --model model.gguf", "every answer by majority vote"),
        ];
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CommandConsole console, CancellationToken cancellationToken)
    {
        string strategy = arguments.GetValue(_strategy)!;
        await using AgentSession session = await AgentSession.CreateAsync(
            arguments.GetValue(SharedOptions.Plugins)!, arguments.GetValue(SharedOptions.Prompts)!, console, cancellationToken, arguments.GetValue(SharedOptions.Record)).ConfigureAwait(false);
        ReasoningRequest request = new() { Options = RequestOptions.ReadStrategy(arguments), Budget = _request.ReadBudget(arguments) };
        session.RequireStrategy(strategy, request.Options.Settings);
        await session.OpenModelAsync(arguments.GetValue(SharedOptions.Model)!, arguments.GetValue(SharedOptions.Retries) ?? SharedOptions.DefaultRetries, cancellationToken, RoleAdapters.Read(arguments.GetValue(SharedOptions.Adapter)!)).ConfigureAwait(false);
        Conversation conversation = new(session, request with { Models = session.Models, Provenance = new RequestProvenance { Source = "chat" } }, strategy, arguments.GetValue(_request.System), console);
        console.Note($"{session.ModelName}, {strategy}. {Help}");
        while (true)
        {
            if (console.IsTerminal)
            {
                console.Output.Write("> ");
            }

            string? line = await StandardInput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line is null || line.Trim() == "/exit")
            {
                return ExitCode.Done;
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                await conversation.TakeAsync(line.Trim(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>State of one conversation.</summary>
    private sealed class Conversation(AgentSession session, ReasoningRequest request, string strategy, string? system, CommandConsole console)
    {
        private readonly List<ChatMessage> _messages = Begin(system);
        private ReasoningResult? _last;

        /// <summary>Takes a line: a command or a message. A failed answer is reported, and the conversation goes on without it.</summary>
        public async Task TakeAsync(string line, CancellationToken cancellationToken)
        {
            if (line.StartsWith('/'))
            {
                Obey(line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                return;
            }

            _messages.Add(new ChatMessage(ChatRole.User, line));
            try
            {
                _last = await AnswerWriter
                    .RunAsync(session.Engine.StreamAsync(strategy, new ReasoningTask([.. _messages]), request, cancellationToken), console)
                    .ConfigureAwait(false);
            }
            catch (AgentsException error)
            {
                _messages.RemoveAt(_messages.Count - 1);
                ErrorReport.Write(console, error);
                return;
            }

            if (_last.Answer is { } answer)
            {
                _messages.Add(answer.Message);
            }
            else
            {
                _messages.RemoveAt(_messages.Count - 1);
                console.Note("error: " + AnswerWriter.MissingAnswer(_last));
            }
        }

        private static List<ChatMessage> Begin(string? system) => string.IsNullOrEmpty(system) ? [] : [new ChatMessage(ChatRole.System, system)];

        private void Obey(string[] words)
        {
            switch (words[0])
            {
                case "/strategy" when words.Length == 2:
                    Choose(words[1]);
                    break;
                case "/strategy":
                    console.Note($"{strategy}. Known: {string.Join(", ", session.Engine.Strategies.Select(info => info.Id))}");
                    break;
                case "/trace" when _last is not null:
                    TraceTree.Draw(console.Screen, _last.Trace);
                    AnswerWriter.WriteSummary(_last, console);
                    break;
                case "/trace":
                    console.Note("There is no answer yet.");
                    break;
                case "/reset":
                    _messages.Clear();
                    _messages.AddRange(Begin(system));
                    _last = null;
                    console.Note("The conversation is forgotten.");
                    break;
                case "/help":
                    console.Note(Help);
                    break;
                default:
                    console.Note($"error: There is no command '{words[0]}'. {NearestNames.Describe(words[0], ["/strategy", "/trace", "/reset", "/help", "/exit"])}");
                    break;
            }
        }

        private void Choose(string id)
        {
            try
            {
                session.RequireStrategy(id, request.Options.Settings);
                strategy = id;
                console.Note($"Answering with {id} now.");
            }
            catch (UsageException error)
            {
                ErrorReport.Write(console, error);
            }
        }
    }
}
