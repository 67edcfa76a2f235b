{{/* The coordinator's pod, whichever kind of workload brings it about. */}}
{{- define "ape.coordinatorPod" -}}
{{- $fleet := eq .Values.mode "fleet" -}}
metadata:
  labels:
    {{- include "ape.podLabels" (dict "root" . "of" "ape-coordinator") | nindent 4 }}
    {{- with .Values.coordinator.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    {{- $files := cat (include "ape.scenario" .) .Values.token.value }}
    {{- include "ape.podAnnotations" (dict "root" . "port" "9465" "files" $files "more" .Values.coordinator.podAnnotations) | trim | nindent 4 }}
spec:
  {{- if not $fleet }}
  restartPolicy: Never
  {{- end }}
  {{- include "ape.placement" (dict "root" . "own" .Values.coordinator) | nindent 2 }}
  # SIGTERM suspends the run (--resume latest): what came in is stored, and the report of what there is so far is written.
  # A run whose workers are stopping already comes to its end, in at most 30 s.
  terminationGracePeriodSeconds: 45
  securityContext:
    {{- include "ape.podSecurity" (dict "root" . "files" true) | nindent 4 }}
  containers:
    - name: coordinator
      image: {{ include "ape.image" . }}
      {{- with .Values.image.pullPolicy }}
      imagePullPolicy: {{ . }}
      {{- end }}
      command: [ape-coordinator, run]
      args:
        - --scenario=/etc/ape/scenario/scenario.yml
        - --workers={{ include "ape.awaited" . }}
        - --wait={{ .Values.coordinator.wait }}
        - --listen=0.0.0.0:9464
        - --token-file=/etc/ape/fleet/token
        - --tls-cert=/etc/ape/tls/tls.crt
        - --tls-key=/etc/ape/tls/tls.key
        - --tls-client-ca=/etc/ape/tls/ca.crt
        - --http=0.0.0.0:9465
        - --http-public
        - --results=/results/runs
        - --resume=latest
        {{- if eq .Values.mode "job" }}
        - --output=/results/report.json
        {{- else }}
        - --output=/results/report-{run}.json
        - --keep-for={{ .Values.results.keepFor | default (ternary "2d" "30d" $fleet) }}
        {{- end }}
        {{- with .Values.plan }}
        {{- if .agents }}
        - --max-agents={{ .agents | int }}
        {{- end }}
        {{- with .testDuration }}
        - --test-duration={{ . }}
        {{- end }}
        {{- with .stageDuration }}
        - --stage-duration={{ . }}
        {{- end }}
        {{- if .quick }}
        - --quick
        {{- end }}
        {{- end }}
        {{- with .Values.coordinator.args }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if or (eq .Values.mode "job") .Values.coordinator.env }}
      env:
        {{- if eq .Values.mode "job" }}
        - name: JOB_UID
          valueFrom:
            fieldRef:
              fieldPath: metadata.labels['batch.kubernetes.io/controller-uid']
        {{- end }}
        {{- with .Values.coordinator.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      ports:
        - name: control
          containerPort: 9464
        - name: http
          containerPort: 9465
      resources:
        {{- toYaml .Values.coordinator.resources | nindent 8 }}
      {{- include "ape.probes" . | nindent 6 }}
      securityContext:
        {{- include "ape.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - name: scenario
          mountPath: /etc/ape/scenario
          readOnly: true
        - name: fleet
          mountPath: /etc/ape/fleet
          readOnly: true
        - name: tls
          mountPath: /etc/ape/tls
          readOnly: true
        - name: results
          mountPath: /results
          {{- if eq .Values.mode "job" }}
          # A Job's pods share a folder, so that one takes up what another left, and never another Job's run.
          subPathExpr: $(JOB_UID)
          {{- end }}
  volumes:
    - name: scenario
      configMap:
        name: {{ include "ape.scenarioMap" . }}
    {{- include "ape.tokenVolume" . | nindent 4 }}
    {{- include "ape.tlsVolume" (include "ape.coordinatorSecret" .) | nindent 4 }}
    {{- if or (not $fleet) .Values.results.existingClaim }}
    - name: results
      persistentVolumeClaim:
        claimName: {{ .Values.results.existingClaim | default (printf "%s-results" (include "ape.name" .)) }}
    {{- end }}
{{- end -}}

{{/* A run to a verdict. */}}
{{- define "ape.job" -}}
# A verdict is no fault to be tried again, not even that of a pod which was being evicted. A pod that was evicted, or told to
# end for another reason (143: its run is suspended), is followed by one that takes the run up.
backoffLimit: 0
podFailurePolicy:
  rules:
    - action: FailJob
      onExitCodes:
        containerName: coordinator
        operator: In
        values: [1, 2, 3, 4]
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
    - action: Ignore
      onExitCodes:
        containerName: coordinator
        operator: In
        values: [143]
# Past the deadline the Job ends its pod as an eviction does, and starts none after it: the report so far is on the volume.
activeDeadlineSeconds: {{ .Values.job.activeDeadlineSeconds | int }}
ttlSecondsAfterFinished: {{ .Values.job.ttlSecondsAfterFinished | int }}
template:
  {{- include "ape.coordinatorPod" . | nindent 2 }}
{{- end -}}

{{- define "ape.claim" -}}
accessModes:
  {{- toYaml .Values.results.accessModes | nindent 2 }}
{{- with .Values.results.storageClass }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.results.size }}
{{- end -}}
