using Agents.Models.Chat.Tools;
using Agents.Models.Tokenization;
using Microsoft.Extensions.AI;

namespace Agents.Models.Chat;

/// <summary>Collects the tokens of one sample into text and a <see cref="GenerationRecord"/>.</summary>
internal sealed class AnswerBuilder
{
    private readonly ILanguageModel _model;
    private readonly GenerationRequest _request;
    private readonly string _generation;
    private readonly StreamingDecoder _decoder;
    private readonly StopTextFilter _filter;
    private readonly ToolCallReader? _calls;
    private readonly Dictionary<int, string> _markers = [];
    private readonly List<int> _ids = [];
    private readonly List<float> _behavior = [];
    private readonly List<float> _plain = [];
    private readonly List<float> _mass = [];
    private readonly List<IReadOnlyList<TokenAlternative>> _alternatives = [];
    private GenerationFinish _finish;

    public AnswerBuilder(ILanguageModel model, ChatRequest chat)
    {
        GenerationRequest request = chat.Generation;
        _model = model;
        _request = request;

        // Asked for now: an adapter may be gone when the answer is complete.
        _generation = model.GenerationIdOf(request.Prompts[0].Adapters);
        if (chat.Tools is { } tools)
        {
            _calls = new ToolCallReader(tools.Format, tools.Names, NextCallId, tools.PromptOpensCall);
            foreach (string marker in ToolCallFormats.Markers(tools.Format))
            {
                if (model.Tokenizer.TryGetSpecialId(marker, out int id))
                {
                    _markers.Add(id, marker);
                }
            }
        }

        _decoder = new StreamingDecoder(model.Tokenizer, skipSpecial: true);
        _filter = new StopTextFilter(request.StopSequences);
    }

    /// <summary>Gets whether the sample has ended.</summary>
    public bool Finished => _finish != GenerationFinish.None;

    public ChatFinishReason? FinishReason => _finish switch
    {
        GenerationFinish.EndToken or GenerationFinish.StopSequence => _calls is { Calls: > 0 } ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
        GenerationFinish.Length or GenerationFinish.ContextFull => ChatFinishReason.Length,
        GenerationFinish.Cancelled => new ChatFinishReason("cancelled"),
        _ => null,
    };

    public UsageDetails Usage => new()
    {
        InputTokenCount = _request.Prompts[0].TokenIds.Count,
        OutputTokenCount = _ids.Count,
        TotalTokenCount = _request.Prompts[0].TokenIds.Count + _ids.Count,
    };

    /// <summary>Takes a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="contents">Receives what is complete now: text, and calls of tools.</param>
    public void Append(in GeneratedToken token, List<AIContent> contents)
    {
        _ids.Add(token.Id);
        _behavior.Add(token.BehaviorLogProbability);
        _plain.Add(token.PlainLogProbability);
        _mass.Add(token.KeptMass);
        if (_request.TopLogProbabilities > 0)
        {
            _alternatives.Add(token.Alternatives);
        }

        _finish = token.Finish;
        if (_calls is not null && _markers.TryGetValue(token.Id, out string? marker))
        {
            Add(_filter.Append(_decoder.Finish()), contents);
            _calls.AppendMarker(marker, contents);
        }
        else
        {
            Add(_filter.Append(_decoder.Append(token.Id)), contents);
        }

        if (Finished)
        {
            AddRest(contents);
        }
    }

    /// <summary>Ends the sample before its time.</summary>
    /// <param name="contents">Receives what was held back.</param>
    public void Cancel(List<AIContent> contents)
    {
        _finish = GenerationFinish.Cancelled;
        AddRest(contents);
    }

    /// <summary>Describes the sample for the caller.</summary>
    public AdditionalPropertiesDictionary Properties()
    {
        AdditionalPropertiesDictionary properties = new()
        {
            [GenerationRecord.PropertyName] = new GenerationRecord
            {
                PromptTokenIds = _request.Prompts[0].TokenIds,
                CompletionTokenIds = _ids,
                BehaviorLogProbabilities = _behavior,
                PlainLogProbabilities = _plain,
                KeptMass = _mass,
                GenerationId = _generation,
                Temperature = _request.Sampling.Temperature,
                Finish = _finish,
            },
        };
        if (_request.TopLogProbabilities > 0)
        {
            properties[ChatOptionKeys.TopLogProbabilities] = _alternatives;
        }

        return properties;
    }

    private void Add(string text, List<AIContent> contents)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (_calls is null)
        {
            contents.Add(new TextContent(text));
        }
        else
        {
            _calls.Append(text, contents);
        }
    }

    private void AddRest(List<AIContent> contents)
    {
        Add(_filter.Append(_decoder.Finish()) + _filter.Finish(), contents);
        _calls?.Finish(contents);
    }

    private string NextCallId() => ToolCallIds.Make(_request.Prompts[0].TokenIds, _ids, _calls!.Calls);
}
