using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agents.Cli.Tests.Harness;

/// <summary>A real OpenAI-compatible server on a loopback port: answers every chat completion with a function of the last user message.</summary>
public sealed class ChatServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<string> _keys = new();

    private ChatServer(WebApplication application) => _application = application;

    /// <summary>Gets the base URL.</summary>
    public string Url => _application.Urls.Single() + "/v1";

    /// <summary>Gets the Authorization header of every request so far.</summary>
    public IReadOnlyCollection<string> Keys => _keys;

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Gives the answer to a question.</param>
    /// <param name="status">Status of every response; 200 answers, others refuse.</param>
    public static async Task<ChatServer> StartAsync(Func<string, string> answer, int status = 200)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication application = builder.Build();
        application.Urls.Add("http://127.0.0.1:0");
        ChatServer server = new(application);
        application.MapPost("/v1/chat/completions", async context =>
        {
            server._keys.Enqueue(context.Request.Headers.Authorization.ToString());
            using JsonDocument request = await JsonDocument.ParseAsync(context.Request.Body);
            if (status != 200)
            {
                context.Response.StatusCode = status;
                await context.Response.WriteAsJsonAsync(new { error = new { message = "no such key", type = "invalid_request_error" } });
                return;
            }

            await RespondAsync(context, request.RootElement, answer);
        });
        await application.StartAsync();
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static async Task RespondAsync(HttpContext context, JsonElement request, Func<string, string> answer)
    {
        JsonElement last = request.GetProperty("messages").EnumerateArray().Last(message => message.GetProperty("role").GetString() == "user").GetProperty("content");
        string question = last.ValueKind == JsonValueKind.String ? last.GetString()! : string.Concat(last.EnumerateArray().Select(part => part.GetProperty("text").GetString()));
        string text = answer(question);
        string model = request.GetProperty("model").GetString()!;
        object usage = new { prompt_tokens = 11, completion_tokens = 5, total_tokens = 16 };
        if (request.TryGetProperty("stream", out JsonElement stream) && stream.GetBoolean())
        {
            context.Response.ContentType = "text/event-stream";
            object[] chunks =
            [
                new { id = "c1", @object = "chat.completion.chunk", created = 1, model, choices = new object[] { new { index = 0, delta = new { role = "assistant", content = text }, finish_reason = (string?)null } } },
                new { id = "c1", @object = "chat.completion.chunk", created = 1, model, choices = new object[] { new { index = 0, delta = new { }, finish_reason = "stop" } } },
                new { id = "c1", @object = "chat.completion.chunk", created = 1, model, choices = Array.Empty<object>(), usage },
            ];
            foreach (object chunk in chunks)
            {
                await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(chunk)}\n\n");
            }

            await context.Response.WriteAsync("data: [DONE]\n\n");
            return;
        }

        int count = request.TryGetProperty("n", out JsonElement n) ? n.GetInt32() : 1;
        await context.Response.WriteAsJsonAsync(new
        {
            id = "c1",
            @object = "chat.completion",
            created = 1,
            model,
            choices = Enumerable.Range(0, count).Select(index => new { index, message = new { role = "assistant", content = text }, finish_reason = "stop" }),
            usage,
        });
    }
}
